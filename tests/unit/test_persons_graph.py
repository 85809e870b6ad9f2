"""The graph of the flagged: what leads where, files that other programs read, one node's neighbourhood."""

from pathlib import Path

import networkx as nx
import polars as pl
import pytest

from models.config import Config
from models.persons import graph_frames, neighbourhood, neighbourhood_figure, write_graph
from models.persons.graph import Graph
from models.persons.graphml import write_graphml
from tests.unit.test_person_hubs import crowd
from tests.unit.test_persons import listed, recorded, world


def test_persons_lead_to_providers_doctors_and_drugs() -> None:
    engine = world(recorded())
    listed(engine)
    graph = graph_frames(engine, "2025Q1", Config())
    kinds = dict(graph.nodes.group_by("kind").len().rows())
    assert kinds == {"person": 1, "provider": 9, "drug": 1}
    took = graph.edges.filter(pl.col("kind") == "took").row(0, named=True)
    assert (took["source"], took["weight"]) == ("person:P1", 47)
    ends = set(graph.edges["source"]) | set(graph.edges["target"])
    assert ends == set(graph.nodes["node"])


def test_files_are_read_back_by_others(tmp_path: Path) -> None:
    engine = crowd()
    rows = write_graph(engine, "2025Q1", Config(), tmp_path / "reports" / "2025Q1")
    folder = tmp_path / "reports" / "2025Q1"
    graph = nx.read_graphml(folder / "graph.graphml")
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (rows["nodes"], rows["edges"]) == (14, 25)
    assert graph.degree["provider:H1"] == 13
    assert pl.read_parquet(folder / "edges.parquet").height == 25
    first = (folder / "graph.graphml").read_bytes()
    write_graph(engine, "2025Q1", Config(), folder)
    assert (folder / "graph.graphml").read_bytes() == first


def test_a_neighbourhood_is_what_lies_near() -> None:
    engine = crowd()
    graph = graph_frames(engine, "2025Q1", Config())
    one = neighbourhood(graph, "person:G3")
    assert set(one.nodes["node"]) == {"person:G3", "provider:H1", "doctor:H1:D1"}
    assert neighbourhood(graph, "person:G3", depth=2).nodes.height == 14
    assert neighbourhood(graph, "provider:H1", most=3).edges.height == 3
    with pytest.raises(KeyError):
        neighbourhood(graph, "person:nobody")


def test_a_neighbourhood_is_drawn_with_its_node_in_the_middle() -> None:
    graph = graph_frames(crowd(), "2025Q1", Config())
    figure = neighbourhood_figure(graph, "provider:H1", depth=2)
    marks = {trace.name: trace for trace in figure.data if "markers" in trace.mode}
    assert (marks["机构 / provider"].x[0], marks["机构 / provider"].y[0]) == (0, 0)
    assert len(marks["参保人 / person"].x) == 12
    assert sum(trace.mode == "lines" for trace in figure.data) == graph.edges.height
    hostile = Graph(graph.nodes.with_columns(label=pl.lit("<img src=x onerror=alert(1)>")), graph.edges)
    assert "<img" not in neighbourhood_figure(hostile, "provider:H1").to_json()
    with pytest.raises(KeyError):
        neighbourhood_figure(graph, "person:nobody")


def test_names_cannot_break_the_file(tmp_path: Path) -> None:
    nodes = pl.DataFrame({"node": ['a"<&', "b"], "label": ["<b>&\x00\x1f医院", None], "amount": [1.5, None]})
    edges = pl.DataFrame({"source": ['a"<&'], "target": ["b"], "weight": [3]})
    write_graphml(nodes, edges, tmp_path / "g.graphml")
    graph = nx.read_graphml(tmp_path / "g.graphml")
    assert graph.nodes['a"<&'] == {"label": "<b>&医院", "amount": 1.5}
    assert graph.edges['a"<&', "b"]["weight"] == 3
