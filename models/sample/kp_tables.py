"""Knowledge points as the landing's kp_* tables."""

import polars as pl

from models.contracts import tables
from models.sample.catalogue import Catalogue
from models.sample.knowledge import BASIS, Point, points


def _row(point: Point, catalogue: Catalogue) -> dict[str, str]:
    def code(key: str) -> str:
        return catalogue.items[catalogue[key]].code

    limits = {k: str(v) for k, v in point.limits.items()}
    if point.tags:
        limits["other_code"] = code(point.tags[0])
    for column in ("other_codes", "item_codes"):
        if column in limits:
            limits[column] = "|".join(code(k[1:]) if k.startswith("@") else k for k in limits[column].split("|"))
    subject = code(point.item) if point.item else point.code
    name = catalogue.items[catalogue[point.item]].name if point.item else point.name
    return {
        "rule_id": point.rule,
        "subject_code": subject,
        "subject_name": name,
        "valid_from": point.valid_from,
        "valid_to": point.valid_to,
        "basis_id": BASIS,
        **limits,
    }


def knowledge_tables(catalogue: Catalogue) -> dict[str, pl.DataFrame]:
    """Table name -> its points as text, every kp_* table of the contract included."""
    out: dict[str, list[dict[str, str]]] = {name: [] for name, table in tables().items() if table.kind == "kp"}
    for point in points():
        out[point.table].append(_row(point, catalogue))
    return {
        name: pl.DataFrame(
            {column: [row.get(column) or None for row in rows] for column in tables()[name].columns},
            schema=dict.fromkeys(tables()[name].columns, pl.String),
        )
        for name, rows in out.items()
    }
