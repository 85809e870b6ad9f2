"""GraphML by hand: a stream of escaped text, so that any number of nodes fits and equal graphs give equal bytes."""

import re
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import polars as pl

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
"""
#: characters that XML 1.0 cannot hold at all, not even escaped
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
IDENTITY = {"node": ("node",), "edge": ("source", "target")}


def write_graphml(nodes: pl.DataFrame, edges: pl.DataFrame, path: Path) -> None:
    """Write nodes (`node` and attributes) and edges (`source`, `target` and attributes) as an undirected GraphML file.

    Numbers are doubles or longs, everything else text; empty attributes are left out.
    """
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write(HEAD)
        for kind, frame in (("node", nodes), ("edge", edges)):
            for name, dtype in frame.schema.items():
                if name not in IDENTITY[kind]:
                    out.write(
                        f'  <key id="{kind}_{name}" for="{kind}" attr.name="{name}" attr.type="{_type(dtype)}"/>\n'
                    )
        out.write('  <graph edgedefault="undirected">\n')
        for row in nodes.iter_rows(named=True):
            out.write(f"    <node id={_quoted(row['node'])}>{_data('node', row)}</node>\n")
        for row in edges.iter_rows(named=True):
            ends = f"source={_quoted(row['source'])} target={_quoted(row['target'])}"
            out.write(f"    <edge {ends}>{_data('edge', row)}</edge>\n")
        out.write("  </graph>\n</graphml>\n")


def _type(dtype: pl.DataType) -> str:
    if dtype.is_integer():
        return "long"
    return "double" if dtype.is_numeric() else "string"


def _clean(value: Any) -> str:
    return _FORBIDDEN.sub("", str(value))


def _quoted(value: Any) -> str:
    return quoteattr(_clean(value))


def _data(kind: str, row: dict[str, Any]) -> str:
    return "".join(
        f'<data key="{kind}_{name}">{escape(_clean(value))}</data>'
        for name, value in row.items()
        if name not in IDENTITY[kind] and value is not None
    )
