"""Small plots for the UI, which shows SVG and runs no scripts."""

import base64
from collections.abc import Sequence

import dagster as dg

from models.svg import bar_svg


def bar_plot(title: str, labels: Sequence[str], values: Sequence[float]) -> dg.MarkdownMetadataValue:
    """A horizontal bar chart as inline SVG: a row a label, its number at the end."""
    picture = base64.b64encode(bar_svg(title, labels, values)).decode("ascii")
    return dg.MarkdownMetadataValue(f"![{title}](data:image/svg+xml;base64,{picture})")
