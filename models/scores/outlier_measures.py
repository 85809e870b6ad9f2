"""What a provider or doctor is profiled by: rates, shares and means a case, never totals."""

from dataclasses import dataclass
from typing import Literal

#: standardised values up to this are alike: two thirds of units lie there, and no reason should start from it
ALIKE = 1.0


@dataclass(frozen=True)
class Measure:
    """One measure of the profile, as `sql/scores/outlier_unit.sql` returns it.

    `e_<name>` over `base` is the excess over what the unit's own mix of cases averages in the area: a difference of
    shares, or of mean logarithms. `count` is the number of visits behind it.
    """

    name: str
    zh: str
    kind: Literal["share", "ratio"]
    base: str
    count: str

    @property
    def least_spread(self) -> float:
        """Differences between peers below this are no news, however alike the peers are."""
        return 0.01 if self.kind == "share" else 0.05


MEASURES = (
    Measure("cost_in", "住院次均费用", "ratio", "n_cost_in", "n_cost_in"),
    Measure("cost_out", "门诊及购药次均费用", "ratio", "n_cost_out", "n_cost_out"),
    Measure("days", "住院天数", "ratio", "n_days", "n_days"),
    Measure("top", "高严重程度病组占比", "share", "n_top", "n_top"),
    Measure("return", "短期再入院占比", "share", "n_return", "n_return"),
    Measure("repeat", "同一人同病种重复就诊占比", "share", "visits", "visits"),
    Measure("items", "每次就诊明细条数", "ratio", "n_line", "n_line"),
    Measure("drug", "西药和中成药费用占比", "share", "b_line", "n_line"),
    Measure("herb", "中药饮片费用占比", "share", "b_line", "n_line"),
    Measure("exam", "检查费用占比", "share", "b_line", "n_line"),
    Measure("lab", "化验费用占比", "share", "b_line", "n_line"),
    Measure("treat", "治疗和手术费用占比", "share", "b_line", "n_line"),
    Measure("material", "卫生材料费用占比", "share", "b_line", "n_line"),
    Measure("beyond", "政策范围外费用占比", "share", "b_beyond", "n_beyond"),
    Measure("refund", "退费就诊占比", "share", "n_all", "n_all"),
    Measure("weekend", "周末结算占比", "share", "n_weekend", "n_weekend"),
    Measure("night", "夜间结算占比", "share", "n_night", "n_night"),
)
