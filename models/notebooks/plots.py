"""The plots that notebooks share with dossiers, as pictures that need no script and no network."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.contracts import lists
from models.meeting import Meetings
from models.notebooks.look import Look
from models.site.groups import meeting_figure
from models.site.portrait import MEASURES
from models.svg import bar_svg, interval_svg, meeting_svg

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


@dataclass(frozen=True)
class Picture:
    """An SVG that a notebook shows."""

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg


def bars(title: str, labels: Sequence[str], values: Sequence[float], decimals: int = 0) -> Picture:
    """A horizontal bar a label."""
    return Picture(bar_svg(title, labels, values, decimals).decode())


def intervals(title: str, rows: Sequence[tuple[str, float, float | None, float | None]]) -> Picture:
    """Ratios with their intervals against 1: (label, ratio, low, high) a row."""
    return Picture(interval_svg(title, rows).decode())


def place_among_peers(look: Look, provider: str) -> Picture:
    """The provider's percentile among its peers in each score of the newest quarter that can be assessed."""
    found = look.frame(
        "select * from score.provider_score where period = $period and fixmedins_code = $provider",
        period=look.period, provider=provider,
    )  # fmt: skip
    spec = lists()["provider_score"]
    rows = [
        (spec.column(f"{name}_percentile").title_zh, float(found[f"{name}_percentile"][0]))
        for name in MEASURES
        if found.height and found[f"{name}_percentile"][0] is not None
    ]
    title = "同类百分位（越高只表示越不同）/ percentile among peers"
    return bars(title, [label for label, _ in rows], [value for _, value in rows], decimals=1)


def group_meetings(look: Look, group_id: str, period: str | None = None) -> Picture:
    """Members × dates of a gathering group, with members present and expected a day."""
    met = _met(look, group_id, period)
    return Picture(meeting_svg(f"{group_id} 成员与日期 / members by date", met).decode())


def group_figure(look: Look, group_id: str, period: str | None = None) -> "Figure":
    """The figure of the group's page on the site, to hover over; `.show()` opens it where scripts may run."""
    from plotly.graph_objects import Figure

    return Figure(meeting_figure(_met(look, group_id, period), lambda zh, en: f"{zh} / {en}"))


def _met(look: Look, group_id: str, period: str | None) -> Meetings:
    from models.gathering.plot import group_meetings as met  # takes seconds to import

    return met(look.engine, period or look.period, group_id, look.config)
