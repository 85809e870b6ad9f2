"""Upcoding: how a provider's groups compare with what its patients and resources support, estimator by estimator."""
