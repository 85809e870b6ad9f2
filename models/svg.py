"""Small plots as inline SVG: the same bytes for the same numbers, no script, shown by the UI, notebooks and print.

Drawn here: a library of plots takes longer to start than the step that the plot is about.
"""

from collections.abc import Sequence
from datetime import date
from xml.etree import ElementTree as Tree

from models.meeting import Meetings

WIDTH, ROW, HEAD, GAP = 520, 20, 30, 8
LETTER = 6.5  # about what half a Chinese character takes at 12 px
LONGEST_LABEL = 30
INK, FAINT, BAR, MARK = "#333333", "#9aa7b4", "#3b6ea5", "#c26a1b"
MOST_MEMBERS = 60


def bar_svg(title: str, labels: Sequence[str], values: Sequence[float], decimals: int = 0) -> bytes:
    """A horizontal bar a label, its number at the end; labels may hold anything.

    Bars start at zero: a value below it has none.
    """
    shown = [_shown(label) for label in labels]
    numbers = [f"{value:,.{decimals}f}" for value in values]
    start = _room(shown)
    room = WIDTH - start - max(map(_wide, numbers), default=0.0) - 2 * GAP
    most = max([*values, 0]) or 1
    root = _root(title, HEAD + ROW * max(len(shown), 1) + GAP)
    for place, (label, value, number) in enumerate(zip(shown, values, numbers, strict=True)):
        top, long = HEAD + ROW * place, max(value, 0) / most * room
        _text(root, start - GAP, top + 14, label, "end")
        box = {"x": f"{start:.1f}", "y": str(top + 3), "width": f"{long:.1f}", "height": str(ROW - 6), "fill": BAR}
        Tree.SubElement(root, "rect", box)
        _text(root, start + long + GAP / 2, top + 14, number, "start")
    return _bytes(root)


def interval_svg(title: str, rows: Sequence[tuple[str, float, float | None, float | None]], norm: float = 1.0) -> bytes:
    """Values with their intervals beside a dotted norm: (label, value, low, high) a row."""
    shown = [_shown(row[0]) for row in rows]
    start, end = _room(shown), WIDTH - 60.0
    ends = [one for row in rows for one in row[1:] if one is not None] + [norm]
    low, high = min(ends), max(ends)
    scale = (end - start) / ((high - low) or 1)

    def at(value: float) -> float:
        return start + (value - low) * scale

    root = _root(title, HEAD + ROW * max(len(rows), 1) + GAP)
    foot = HEAD + ROW * len(rows)
    _line(root, at(norm), HEAD, at(norm), foot, MARK, dash="3 3")
    for place, (label, (_, value, least, most)) in enumerate(zip(shown, rows, strict=True)):
        middle = HEAD + ROW * place + 10
        _text(root, start - GAP, middle + 4, label, "end")
        if least is not None and most is not None:
            _line(root, at(least), middle, at(most), middle, FAINT)
        Tree.SubElement(root, "circle", {"cx": f"{at(value):.1f}", "cy": str(middle), "r": "3.5", "fill": BAR})
        _text(root, end + GAP, middle + 4, f"{value:.2f}", "start")
    return _bytes(root)


def meeting_svg(title: str, met: Meetings) -> bytes:
    """Who came when: a row a member, a mark a visit (paler = later in the day); below, members present and expected.

    Members beyond sixty are left out.
    """
    visits, days = met.visits, met.days
    dates = [one[0] for one in (*visits, *days)]
    first, last = min(dates, default=date(2000, 1, 1)), max(dates, default=date(2000, 1, 2))
    start, room = 40.0, WIDTH - 40.0 - 2 * GAP
    span = max((last - first).days, 1)
    members = min(max((one[1] for one in visits), default=1), MOST_MEMBERS)
    step, below = 8, 70
    foot = HEAD + step * members + GAP
    root = _root(title, foot + below + 34)

    def at(day: date) -> float:
        return start + (day - first).days / span * room

    for member in range(1, members + 1):
        if member == 1 or member % 5 == 0:
            _text(root, start - GAP, HEAD + step * member, str(member), "end")
    for day, member, moment in visits:
        if member <= members:
            hour = moment.hour + moment.minute / 60
            box = {"x": f"{at(day) - 2:.1f}", "y": str(HEAD + step * (member - 1) + 1), "width": "4", "height": "6"}
            shade = f"{1 - 0.7 * min(max((hour - 6) / 16, 0), 1):.2f}"
            Tree.SubElement(root, "rect", box | {"fill": BAR, "fill-opacity": shade})
    most = max([1.0, *(max(one[1], one[2]) for one in days)])
    ground = foot + below
    _text(root, start - GAP, foot + 10, f"{most:.0f}", "end")
    _text(root, start - GAP, ground, "0", "end")
    _line(root, start, ground, start + room, ground, FAINT)
    for day, present, expected in days:
        _line(root, at(day) - 1, ground, at(day) - 1, ground - below * present / most, BAR, width="2")
        _line(root, at(day) + 1, ground, at(day) + 1, ground - below * expected / most, MARK, width="2")
    _text(root, start, ground + 16, first.isoformat(), "start")
    _text(root, start + room, ground + 16, last.isoformat(), "end")
    _text(root, start + room / 2, ground + 28, "蓝：到场人数 / present　橙：预期人数 / expected", "middle")
    return _bytes(root)


def _root(title: str, height: float) -> Tree.Element:
    look = {"font-family": "sans-serif", "font-size": "12", "fill": INK}
    size = {"viewBox": f"0 0 {WIDTH} {height:g}", "width": str(WIDTH), "height": f"{height:g}"}
    root = Tree.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, **look})
    Tree.SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": "#ffffff"})
    _text(root, WIDTH / 2, GAP + 12, title, "middle")
    return root


def _bytes(root: Tree.Element) -> bytes:
    return Tree.tostring(root, encoding="utf-8")


def _shown(label: str) -> str:
    """The label as it can stand in XML, cut where it is long."""
    clean = "".join(letter if letter.isprintable() else "\ufffd" for letter in label)
    return clean if len(clean) <= LONGEST_LABEL else f"{clean[: LONGEST_LABEL - 1]}…"


def _room(labels: Sequence[str]) -> float:
    """Where the drawing begins: right of the longest label."""
    return max((_wide(label) for label in labels), default=0.0) + 2 * GAP


def _wide(text: str) -> float:
    return LETTER * len(text.encode("gb18030"))


def _text(root: Tree.Element, x: float, y: float, text: str, anchor: str) -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}
    Tree.SubElement(root, "text", place).text = _shown(text) if len(text) > 2 * LONGEST_LABEL else text


def _line(
    root: Tree.Element, x1: float, y1: float, x2: float, y2: float, color: str, width: str = "1.5", dash: str = ""
) -> None:
    place = {"x1": f"{x1:.1f}", "y1": f"{y1:.1f}", "x2": f"{x2:.1f}", "y2": f"{y2:.1f}"}
    look = {"stroke": color, "stroke-width": width} | ({"stroke-dasharray": dash} if dash else {})
    Tree.SubElement(root, "line", place | look)
