"""Thin Dagster assets, one file a stage of the flow: call a model, write, say what was written."""
