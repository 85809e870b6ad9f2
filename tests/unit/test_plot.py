"""The bar chart: well-formed whatever the labels hold, bars in proportion, nothing drawn outside."""

from xml.etree import ElementTree

import pytest

from models.svg import bar_svg

SVG = "{http://www.w3.org/2000/svg}"

CASES = [
    # labels, values, widths of the bars as shares of the longest
    (["R01", "R02"], [50.0, 100.0], [0.5, 1.0]),
    (["<b>&\x07\x00", "中文" * 40, "x"], [0.0, 3e9, -4.0], [0.0, 1.0, 0.0]),
    (["a"], [0.0], [0.0]),
    ([], [], []),
]


@pytest.mark.parametrize(("labels", "values", "shares"), CASES)
def test_bars_are_in_proportion_and_inside(labels: list[str], values: list[float], shares: list[float]) -> None:
    root = ElementTree.fromstring(bar_svg("rows & more", labels, values))
    bars = root.findall(f"{SVG}rect")[1:]
    widths = [float(bar.get("width", "")) for bar in bars]
    assert widths == pytest.approx([share * max(widths, default=0) for share in shares], abs=0.1)
    assert all(
        float(bar.get("x", "")) + width <= float(root.get("width", "")) for bar, width in zip(bars, widths, strict=True)
    )
    assert len(root.findall(f"{SVG}text")) == 1 + 2 * len(labels)
