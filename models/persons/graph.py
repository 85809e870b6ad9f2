"""The graph of the flagged: persons, the providers and doctors they went to, the drugs they got."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.lists.replace import replaced_folder
from models.persons.graphml import write_graphml

NODE: dict[str, Any] = {
    "node": pl.String, "kind": pl.String, "code": pl.String, "label": pl.String, "patterns": pl.String,
    "fund_amount": pl.Decimal(16, 2),
}  # fmt: skip
EDGE: dict[str, Any] = {
    "source": pl.String, "target": pl.String, "kind": pl.String, "weight": pl.Int64, "amount": pl.Decimal(16, 2),
}  # fmt: skip
MOST_DRUGS = 10


@dataclass(frozen=True)
class Graph:
    """`nodes`: node, kind (person, provider, doctor, drug), code, label, patterns (JSON), fund_amount.

    `edges`: source, target, kind (visited, treated_by, works_at, took), weight (settlements, persons, packs), amount
    (yuan: the fund's payments; for drugs the charge).
    """

    nodes: pl.DataFrame
    edges: pl.DataFrame


def graph_frames(engine: Engine, period: str, config: Config) -> Graph:
    """The graph of a quarter's person list; needs the rows that `persons` made of it. No persons, no nodes."""
    values: dict[str, Any] = {"period": period}
    person = engine.frame(
        "select psn_id, pattern, fund_amount from score.person where period = $period order by psn_id, pattern", values
    )
    link = engine.frame(
        "select l.*, p.fixmedins_name from score.person_link as l left join core.provider as p "
        "on l.fixmedins_code = p.fixmedins_code where period = $period "
        "order by l.psn_id, l.pattern, l.fixmedins_code, l.dr_code",
        values,
    )
    classes = config.params.counted_drug_classes
    drug = engine.query("persons/graph_drug", period=period, counted_drug_classes=classes, most_drugs=MOST_DRUGS)
    return Graph(_nodes(person, link, drug), _edges(link, drug))


def write_graph(engine: Engine, period: str, config: Config, folder: Path) -> dict[str, int]:
    """Write `<folder>/nodes.parquet`, `edges.parquet` and `graph.graphml`, whole or not at all; returns the rows."""
    made = graph_frames(engine, period, config)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with replaced_folder(folder) as inside:
        made.nodes.write_parquet(inside / "nodes.parquet")
        made.edges.write_parquet(inside / "edges.parquet")
        write_graphml(made.nodes, made.edges, inside / "graph.graphml")
    return {"nodes": made.nodes.height, "edges": made.edges.height}


def neighbourhood(graph: Graph, node: str, depth: int = 1, most: int = 60) -> Graph:
    """What lies within so many steps of one node, the heaviest `most` edges of each step: enough for a plot.

    `node` is such as `person:<psn_id>` or `provider:<code>`; raises KeyError when the graph does not hold it.
    """
    if graph.nodes.filter(pl.col("node") == node).is_empty():
        raise KeyError(node)
    reached, edges = {node}, graph.edges.clear()
    for _ in range(depth):
        near = pl.col("source").is_in(sorted(reached)) | pl.col("target").is_in(sorted(reached))
        step = graph.edges.filter(near).sort(
            "amount", "source", "target", "kind", descending=[True, False, False, False]
        )
        edges = pl.concat([edges, step.head(most)]).unique(maintain_order=True)
        reached |= set(edges["source"]) | set(edges["target"])
    return Graph(graph.nodes.filter(pl.col("node").is_in(sorted(reached))), edges.sort("source", "target", "kind"))


def _doctor() -> pl.Expr:
    return pl.concat_str(pl.lit("doctor:"), "fixmedins_code", pl.lit(":"), "dr_code")


def _named(kind: str, column: str) -> pl.Expr:
    return pl.concat_str(pl.lit(f"{kind}:"), column)


def _nodes(person: pl.DataFrame, link: pl.DataFrame, drug: pl.DataFrame) -> pl.DataFrame:
    amount = pl.col("fund_amount").sum()
    people = person.group_by("psn_id").agg(pl.col("pattern").sort(), amount).sort("psn_id")
    patterns = pl.Series([json.dumps(p) for p in people["pattern"].to_list()], dtype=pl.String)
    named = link.with_columns(label=pl.coalesce("fixmedins_name", "fixmedins_code"))
    places = named.group_by("fixmedins_code").agg(pl.col("label").min(), amount)
    doctors = link.drop_nulls("dr_code").group_by("fixmedins_code", "dr_code").agg(amount)
    drugs = drug.group_by("item_code").agg(pl.col("item_name").min())
    no = pl.lit(None, pl.String)
    parts = [
        people.select(
            node=_named("person", "psn_id"), kind=pl.lit("person"), code="psn_id", label=pl.col("psn_id").str.head(8),
            patterns=patterns, fund_amount="fund_amount",
        ),
        places.select(
            node=_named("provider", "fixmedins_code"), kind=pl.lit("provider"), code="fixmedins_code", label="label",
            patterns=no, fund_amount="fund_amount",
        ),
        doctors.select(
            node=_doctor(), kind=pl.lit("doctor"), code="dr_code", label="dr_code", patterns=no,
            fund_amount="fund_amount",
        ),
        drugs.select(
            node=_named("drug", "item_code"), kind=pl.lit("drug"), code="item_code",
            label=pl.coalesce("item_name", "item_code"), patterns=no, fund_amount=pl.lit(None, pl.Decimal(16, 2)),
        ),
    ]  # fmt: skip
    return pl.concat([part.cast(pl.Schema(NODE)) for part in parts]).sort("kind", "node")


def _edges(link: pl.DataFrame, drug: pl.DataFrame) -> pl.DataFrame:
    weight, amount = pl.col("settlements").sum().alias("weight"), pl.col("fund_amount").sum().alias("amount")
    doctors = link.drop_nulls("dr_code")
    keys = ["fixmedins_code", "dr_code"]
    parts = [
        link.group_by("psn_id", "fixmedins_code").agg(weight, amount).select(
            _named("person", "psn_id").alias("source"), _named("provider", "fixmedins_code").alias("target"),
            pl.lit("visited").alias("kind"), "weight", "amount",
        ),
        doctors.group_by("psn_id", *keys).agg(weight, amount).select(
            _named("person", "psn_id").alias("source"), _doctor().alias("target"), pl.lit("treated_by").alias("kind"),
            "weight", "amount",
        ),
        doctors.group_by(keys).agg(pl.col("psn_id").n_unique().alias("weight"), amount).select(
            _doctor().alias("source"), _named("provider", "fixmedins_code").alias("target"),
            pl.lit("works_at").alias("kind"), "weight", "amount",
        ),
        drug.select(
            _named("person", "psn_id").alias("source"), _named("drug", "item_code").alias("target"),
            pl.lit("took").alias("kind"), pl.col("packs").round(0).alias("weight"), pl.col("fee").alias("amount"),
        ),
    ]  # fmt: skip
    return pl.concat([part.cast(pl.Schema(EDGE)) for part in parts]).sort("source", "target", "kind")
