"""What every section of the configuration has in common."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A section: unknown names are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)
