"""What every section of the configuration has in common."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

#: what a decision can be a stage of, in order
Stage = Literal["初审", "复核", "申诉", "复审", "反馈", "处理"]


class Strict(BaseModel):
    """A section: unknown names are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)
