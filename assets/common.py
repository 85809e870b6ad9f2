"""What all stages share: the pool, turning a user's error into a readable failure, small plots."""

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import dagster as dg
import polars as pl

from models.errors import JichaError

POOL = "warehouse"


@contextmanager
def readable_errors() -> Iterator[None]:
    """A user's error fails the step with its message instead of a traceback."""
    try:
        yield
    except JichaError as error:
        raise dg.Failure(
            description=str(error), metadata={"exit_code": error.exit_code}, allow_retries=False
        ) from error


def table_schema(columns: Mapping[str, str]) -> dg.TableSchema:
    """Column metadata from names and SQL types."""
    return dg.TableSchema(columns=[dg.TableColumn(name=name, type=kind) for name, kind in columns.items()])


def schema_of(frame: pl.DataFrame) -> dg.TableSchema:
    return table_schema({name: str(kind) for name, kind in frame.schema.items()})


def bar_plot(title: str, labels: Sequence[str], values: Sequence[float]) -> dg.MarkdownMetadataValue:
    """A small horizontal bar chart as inline SVG (the UI shows SVG, not scripts)."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": "jicha", "svg.fonttype": "none", "font.family": "sans-serif"}):
        figure = Figure(figsize=(5.2, 0.6 + 0.28 * max(len(labels), 1)))
        axes = figure.add_subplot()
        axes.barh(range(len(labels)), list(values), color="#3b6ea5")
        axes.set_yticks(range(len(labels)), list(labels))
        axes.invert_yaxis()
        axes.set_title(title, fontsize=10)
        axes.spines[["top", "right"]].set_visible(False)
        figure.tight_layout()
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    picture = base64.b64encode(buffer.getvalue()).decode("ascii")
    return dg.MarkdownMetadataValue(f"![{title}](data:image/svg+xml;base64,{picture})")
