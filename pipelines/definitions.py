"""What Dagster loads: the definitions of the home that the environment names."""

from pipelines.assembly import build_defs

defs = build_defs()
