"""Credit grades A–D (信用评价) of providers and doctors: published points on what was decided, with a way to appeal."""

from models.credit.grade import Asked, credit_doctor, credit_provider

__all__ = ["Asked", "credit_doctor", "credit_provider"]
