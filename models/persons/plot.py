"""One node's neighbourhood in the graph of the flagged, as a plot for the report site and notebooks."""

from html import escape
from typing import TYPE_CHECKING

import networkx as nx
import polars as pl

from models.persons.graph import Graph, neighbourhood

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

KINDS = {
    "person": ("参保人 / person", "#c55a11", "circle"),
    "provider": ("机构 / provider", "#1f4e79", "square"),
    "doctor": ("医师 / doctor", "#2e7d32", "diamond"),
    "drug": ("药品 / drug", "#7b5ea7", "triangle-up"),
}
LINKS = {
    "visited": "就诊结算 / settlements", "treated_by": "接诊结算 / settlements", "works_at": "所涉人数 / persons",
    "took": "盒数 / packs",
}  # fmt: skip
LABELLED = 24


def neighbourhood_figure(graph: Graph, node: str, depth: int = 1, most: int = 60) -> "Figure":
    """What lies within `depth` steps of a node: the node in the middle, each step a circle, colour and shape by kind.

    Width of a link = its share of the heaviest link's amount; hovering shows counts and yuan. Persons are shown by the
    first eight characters of their pseudonym. Raises KeyError when the graph does not hold the node.
    """
    from plotly.graph_objects import Figure

    near = neighbourhood(graph, node, depth, most)
    place = _places(near, node)
    figure = Figure()
    heaviest = max((float(x) for x in near.edges["amount"].drop_nulls()), default=0.0) or 1.0
    for edge in near.edges.iter_rows(named=True):
        (x0, y0), (x1, y1) = place[edge["source"]], place[edge["target"]]
        told = f"{LINKS[edge['kind']]}: {edge['weight'] or 0:,}<br>{edge['amount'] or 0:,.2f} 元 / yuan"
        width = 0.6 + 4.4 * float(edge["amount"] or 0) / heaviest
        figure.add_scatter(
            x=[x0, (x0 + x1) / 2, x1], y=[y0, (y0 + y1) / 2, y1], mode="lines", showlegend=False, hoverinfo="text",
            text=[told] * 3, line={"color": "rgba(90,100,115,0.45)", "width": width},
        )  # fmt: skip
    for kind, (name, color, symbol) in KINDS.items():
        rows = near.nodes.filter(pl.col("kind") == kind)
        if rows.height:
            _draw_nodes(figure, rows, place, node, name, color, symbol)
    hidden = {"visible": False}
    figure.update_layout(
        title="与所列情形相符的记录之间的联系，须人工核实 / links between records consistent with a pattern",
        template="plotly_white", height=640, xaxis=hidden, yaxis={**hidden, "scaleanchor": "x"}, hovermode="closest",
    )  # fmt: skip
    return figure


def _draw_nodes(
    figure: "Figure", rows: pl.DataFrame, place: dict[str, tuple[float, float]], node: str, name: str, color: str,
    symbol: str,
) -> None:  # fmt: skip
    here = [place[name] for name in rows["node"]]
    labels = [escape(str(label)) for label in rows["label"]]
    figure.add_scatter(
        x=[x for x, _ in here], y=[y for _, y in here], name=name,
        mode="markers+text" if len(place) <= LABELLED else "markers", text=labels, textposition="top center",
        marker={
            "color": color, "symbol": symbol, "size": [20 if n == node else 12 for n in rows["node"]],
            "line": {"color": "#1F2D3D", "width": [2 if n == node else 0 for n in rows["node"]]},
        },
        customdata=[
            (label, "" if patterns is None else escape(str(patterns)), f"{amount or 0:,.2f}")
            for label, patterns, amount in zip(labels, rows["patterns"], rows["fund_amount"], strict=True)
        ],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}<br>%{customdata[2]} 元 / yuan<extra></extra>",
    )  # fmt: skip


def _places(near: Graph, node: str) -> dict[str, tuple[float, float]]:
    """Circles around the node by distance; on a circle kinds side by side."""
    links: nx.Graph[str] = nx.Graph()
    links.add_nodes_from(near.nodes["node"])
    links.add_edges_from(near.edges.select("source", "target").rows())
    steps = nx.single_source_shortest_path_length(links, node)
    shells: list[list[str]] = [[] for _ in range(max(steps.values()) + 1)]
    for name in near.nodes.sort("kind", "node")["node"]:
        shells[steps[name]].append(name)
    return {name: (float(x), float(y)) for name, (x, y) in nx.shell_layout(links, shells).items()}
