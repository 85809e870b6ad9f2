"""Charts as Plotly's JSON, written directly: its Python objects take longer to check than the page to write."""

import json
from collections.abc import Sequence
from typing import Any

from models.meeting import Meetings

INK, MUTED, GRID = "#1d2733", "#5b6773", "#e6ebf0"
MONEY = ",~f"  # 3,000,000: neither M nor k, which Chinese readers do not count in
BLUE, ORANGE, GREY = "#2f6690", "#c26a1b", "#9aa7b4"
FONT = '"Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", system-ui, sans-serif'


def island(value: object) -> str:
    """JSON that can stand inside a script element whatever it holds."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("\u2028", "\\u2028")


def _axis(**more: Any) -> dict[str, Any]:
    return {"gridcolor": GRID, "linecolor": GRID, "zeroline": False, "automargin": True, **more}


def _unit(title: str) -> dict[str, Any]:
    """The title of an upright axis, clear of its longest number."""
    return {"text": title, "standoff": 10}


def text(value: object) -> str:
    """Text inert in Plotly, which reads a few HTML tags and entities in labels."""
    return str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def figure(traces: list[dict[str, Any]], height: int, **layout: Any) -> dict[str, Any]:
    """Traces with the look of the site."""
    base = {
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 8, "b": 8, "pad": 2},
        "font": {"family": FONT, "size": 12, "color": INK},
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "showlegend": False,
        "xaxis": _axis(),
        "yaxis": _axis(),
        "legend": {"orientation": "h", "y": 1.12, "x": 0},
        "bargap": 0.35,
    }
    return {"data": traces, "layout": base | layout}


def columns(labels: Sequence[str], values: Sequence[float], title: str) -> dict[str, Any]:
    """One column a period."""
    trace = {"type": "bar", "x": list(labels), "y": list(values), "marker": {"color": BLUE}}
    return figure(
        [trace],
        240,
        xaxis=_axis(type="category", showgrid=False),
        yaxis=_axis(title=_unit(title), rangemode="tozero", tickformat=MONEY),
    )


def paid_and_ahead(
    paid: Sequence[tuple[str, float]],
    ahead: Sequence[tuple[Any, ...]],
    title: str,
    words: tuple[str, str],
) -> dict[str, Any]:
    """A column a month: what was paid, then what is forecast: (month, middle, low, high); `words` name the two."""
    middle = [one[1] for one in ahead]
    forecast = {
        "type": "bar",
        "name": words[1],
        "x": [one[0] for one in ahead],
        "y": middle,
        "marker": {"color": GREY},
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [one[3] - one[1] for one in ahead],
            "arrayminus": [one[1] - one[2] for one in ahead],
            "color": INK,
            "thickness": 1.2,
            "width": 4,
        },
    }
    known = {
        "type": "bar",
        "name": words[0],
        "x": [one[0] for one in paid],
        "y": [one[1] for one in paid],
        "marker": {"color": BLUE},
    }
    return figure(
        [known, forecast],
        260,
        showlegend=True,
        xaxis=_axis(type="category", showgrid=False),
        yaxis=_axis(title=_unit(title), rangemode="tozero", tickformat=MONEY),
    )


def bars(labels: Sequence[str], values: Sequence[float], title: str) -> dict[str, Any]:
    """One horizontal bar a label, the first on top."""
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": list(values),
        "y": [text(label) for label in labels],
        "marker": {"color": BLUE},
    }
    height = 70 + 26 * len(labels)
    up = _axis(type="category", autorange="reversed", tickfont={"size": 12})
    return figure([trace], height, xaxis=_axis(title={"text": title}, rangemode="tozero", tickformat=MONEY), yaxis=up)


def intervals(rows: Sequence[tuple[str, float, float | None, float | None]], title: str) -> dict[str, Any]:
    """Ratios with their intervals against 1: (label, ratio, low, high) a row."""
    middle = [row[1] for row in rows]
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": middle,
        "y": [text(row[0]) for row in rows],
        "marker": {"color": BLUE, "size": 8},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [max((row[3] or row[1]) - row[1], 0) for row in rows],
            "arrayminus": [max(row[1] - (row[2] or row[1]), 0) for row in rows],
            "color": GREY,
            "thickness": 1.5,
            "width": 4,
        },
    }
    one = {
        "type": "line",
        "x0": 1,
        "x1": 1,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": ORANGE, "dash": "dot"},
    }
    up = _axis(type="category", autorange="reversed")
    axis = _axis(title={"text": title})
    return figure([trace], 80 + 24 * len(rows), shapes=[one], xaxis=axis, yaxis=up)


def lines(labels: Sequence[str], series: Sequence[tuple[str, Sequence[float | None], str]]) -> dict[str, Any]:
    """Lines over periods: (name, values, colour) each."""
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": text(name),
            "x": list(labels),
            "y": list(values),
            "line": {"color": color, "width": 2},
            "marker": {"size": 6},
        }
        for name, values, color in series
    ]
    return figure(traces, 240, showlegend=True, xaxis=_axis(type="category"))


def meetings(met: Meetings, words: dict[str, str]) -> dict[str, Any]:
    """A group's members by dates, coloured by the hour; below, members present and expected."""
    visits, days = met.visits, met.days
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [str(row[0]) for row in visits],
        "y": [row[1] for row in visits],
        "text": [f"{row[2]:%H:%M}" for row in visits],
        "hovertemplate": "%{x} %{text}<br>" + words["member"] + " %{y}<extra></extra>",
        "showlegend": False,
        "yaxis": "y2",
        "marker": {
            "symbol": "square",
            "size": 8,
            "color": [round(row[2].hour + row[2].minute / 60, 2) for row in visits],
            "colorscale": "Viridis",
            "colorbar": {"title": {"text": words["hour"]}, "len": 0.6, "y": 0.7, "thickness": 12},
        },
    }
    below = [
        {
            "type": "bar",
            "name": words[name],
            "x": [str(row[0]) for row in days],
            "y": [row[at] for row in days],
            "marker": {"color": color},
        }
        for name, at, color in (("present", 1, BLUE), ("expected", 2, ORANGE))
    ]
    layout = {
        "showlegend": True,
        "legend": {"orientation": "h", "y": 0.3, "x": 0},
        "barmode": "group",
        "xaxis": _axis(type="date", tickformat="%Y-%m-%d"),  # no month names: pages come in two languages
        "yaxis": _axis(domain=[0, 0.24], rangemode="tozero", title=_unit(words["people"])),
        "yaxis2": _axis(domain=[0.36, 1], autorange="reversed", title=_unit(words["member"]), dtick=1)
        if max((row[1] for row in visits), default=0) <= 15
        else _axis(domain=[0.36, 1], autorange="reversed", title=_unit(words["member"])),
    }
    return figure([dots, *below], 520, **layout)


def spark(values: Sequence[float | None], peers: Sequence[float | None]) -> str:
    """Points of a small line and of its peers in a box of 120 × 26, as two SVG paths' data; empty below two values."""
    known = [value for value in (*values, *peers) if value is not None]
    if len([value for value in values if value is not None]) < 2:
        return ""
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = 116 / max(len(values) - 1, 1)

    def path(row: Sequence[float | None]) -> str:
        parts, pen = [], "M"
        for at, value in enumerate(row):
            if value is None:
                pen = "M"
                continue
            parts.append(f"{pen}{2 + at * step:.1f} {23 - 20 * (value - low) / span:.1f}")
            pen = "L"
        return " ".join(parts)

    return f"{path(peers)}|{path(values)}"
