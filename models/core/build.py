"""From the winning rows of the extracts to the tables every rule and model reads."""

import hashlib
import json
from uuid import uuid4

from models.config import Config
from models.contracts.code import code_version
from models.core.area import own_area
from models.core.links import resolve_links
from models.engine.duck import Engine
from models.ingest import store

SETTLEMENT_STEPS = ("link", "delivered", "refund", "netted", "capped_payment")
LINE_STEPS = ("line_refund", "line_undone_named", "line_undone_alike", "line_undone")


def refresh(engine: Engine, config: Config) -> bool:
    """Make the core tables as `build` does, unless they were made of the same rows, parameters and code; True if made.

    What was kept of core (shared tables, scores of the same months) then stays good as well. Tables that a cluster
    holds may be gone by the next run: they are always made.
    """
    facts = [config.engine.kind, store.info(engine, "generation"), config.params.model_dump_json(), code_version()]
    digest = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    made = f"{digest} {engine.remark('core.settlement')}"
    if config.engine.kind == "duckdb" and store.info(engine, "core") == made:
        return False
    store.set_info(engine, "core", "")  # a build that is interrupted leaves nothing that counts as made
    if config.engine.kind == "duckdb":
        _make_room(engine)
    build(engine, config)
    store.set_info(engine, "core", f"{digest} {engine.remark('core.settlement')}")
    return True


def _make_room(engine: Engine) -> None:
    """Drop what is made anew first: beside the old tables the new ones would grow the file, and somebody copy it."""
    old = sorted(table for table in engine.relations() if table.startswith("core."))
    for table in old:
        engine.drop(table)
    for _ in range(2 if old else 0):  # blocks that one checkpoint stops using are free after the next
        engine.con.execute("checkpoint")


def build(engine: Engine, config: Config) -> None:
    """Make core.settlement, stay, fee_line, diagnosis, operation, provider and unmatched_refund anew from cur.*.

    Whole tables each time: a late row or a refund may touch any month. Runs inside the caller's transaction.
    """
    _settlements(engine, config)
    _fee_lines(engine)
    for table in ("stay", "diagnosis", "operation", "provider", "unmatched_refund"):
        engine.replace(f"core.{table}", f"core/{table}")
    for table in (*SETTLEMENT_STEPS, *LINE_STEPS):
        engine.drop(f"core.{table}")
    # by this mark, gone with the table, whoever keeps what was made of core knows whether it is still the same
    engine.mark("core.settlement", uuid4().hex)


def _settlements(engine: Engine, config: Config) -> None:
    params = config.params
    # views: what little each of their readers computes costs less than writing, compressing and reading it
    engine.view("core.delivered", "core/delivered")
    resolve_links(engine, "core/settlement_link")
    engine.replace("core.refund", "core/refund", refund_match_days=params.refund_match_days)
    engine.replace("core.refund_link", "core/refund_link")
    engine.view("core.netted", "core/netted")
    engine.replace("core.capped_payment", "core/capped_payment")
    engine.replace("core.person", "core/person")
    # its filters pass more than the engine thinks: a city's settlements went to disk, not what they are joined with
    with engine.joins_as_written():
        engine.replace(
            "core.settlement",
            "core/settlement",
            inpatient_med_types=params.inpatient_med_types,
            area_pattern=own_area(engine, params),
        )


def _fee_lines(engine: Engine) -> None:
    engine.replace("core.line_refund", "core/line_refund")
    resolve_links(engine, "core/line_link")
    for table in LINE_STEPS[1:]:
        engine.replace(f"core.{table}", f"core/{table}")
    engine.replace("core.code", "core/code")
    engine.replace("core.fee_line", "core/fee_line")
