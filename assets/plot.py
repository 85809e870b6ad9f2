"""Small plots for the UI. Drawn here: a library of plots takes longer to start than the step that the bar is about."""

import base64
from collections.abc import Sequence
from xml.etree import ElementTree as Tree

import dagster as dg

WIDTH, ROW, HEAD, GAP = 520, 20, 30, 8
LETTER = 6.5  # about what half a Chinese character takes at 12 px
LONGEST_LABEL = 30
INK, BAR = "#333333", "#3b6ea5"


def bar_plot(title: str, labels: Sequence[str], values: Sequence[float]) -> dg.MarkdownMetadataValue:
    """A horizontal bar chart as inline SVG (the UI shows SVG, not scripts): a row a label, its number at the end."""
    picture = base64.b64encode(bar_svg(title, labels, values)).decode("ascii")
    return dg.MarkdownMetadataValue(f"![{title}](data:image/svg+xml;base64,{picture})")


def bar_svg(title: str, labels: Sequence[str], values: Sequence[float]) -> bytes:
    """The chart itself; labels may hold anything. Bars start at zero: a value below it has none."""
    shown = [_shown(label) for label in labels]
    numbers = [f"{value:,.0f}" for value in values]
    start = max((_wide(label) for label in shown), default=0.0) + 2 * GAP
    room = WIDTH - start - max(map(_wide, numbers), default=0.0) - 2 * GAP
    most = max([*values, 0]) or 1
    height = HEAD + ROW * max(len(shown), 1) + GAP
    root = Tree.Element(
        "svg",
        {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {height}", "width": str(WIDTH)}
        | {"height": str(height), "font-family": "sans-serif", "font-size": "12", "fill": INK},
    )
    Tree.SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": "#ffffff"})
    _text(root, WIDTH / 2, GAP + 12, title, "middle")
    for place, (label, value, number) in enumerate(zip(shown, values, numbers, strict=True)):
        top, long = HEAD + ROW * place, max(value, 0) / most * room
        _text(root, start - GAP, top + 14, label, "end")
        box = {"x": f"{start:.1f}", "y": str(top + 3), "width": f"{long:.1f}", "height": str(ROW - 6), "fill": BAR}
        Tree.SubElement(root, "rect", box)
        _text(root, start + long + GAP / 2, top + 14, number, "start")
    return Tree.tostring(root, encoding="utf-8")


def _shown(label: str) -> str:
    """The label as it can stand in XML, cut where it is long."""
    clean = "".join(letter if letter.isprintable() else "\ufffd" for letter in label)
    return clean if len(clean) <= LONGEST_LABEL else f"{clean[: LONGEST_LABEL - 1]}…"


def _wide(text: str) -> float:
    return LETTER * len(text.encode("gb18030"))


def _text(root: Tree.Element, x: float, y: float, text: str, anchor: str) -> None:
    Tree.SubElement(root, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}).text = text
