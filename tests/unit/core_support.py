"""Settlements of one stay and their refunds, and what core makes of them."""

from typing import Any

from models.config import Config
from models.core import build
from models.engine.duck import Engine, memory_engine
from tests.given import given, rows_of

T1, T2, T3, T4 = (f"2025-02-{day} 12:00:00" for day in (10, 11, 12, 13))
STAY = {"begndate": "2025-02-08", "enddate": "2025-02-10"}


def built(config: Config | None = None, **rows: Any) -> Engine:
    engine = given(memory_engine(), **rows)
    build(engine, config or Config())
    return engine


def refund(setl_id: str, amount: int, **more: Any) -> dict[str, Any]:
    return {"setl_id": setl_id, "hifp_pay": amount, "refd_setl_flag": "1", "setl_time": T2, **STAY, **more}


def nets(engine: Engine) -> list[tuple[str, int, str]]:
    found = rows_of(engine, "select setl_id, net_hifp_pay, refund_state from core.settlement order by setl_id")
    return [(setl_id, int(net), state) for setl_id, net, state in found]


def unmatched(engine: Engine) -> list[tuple[str, str, int]]:
    rows = rows_of(engine, "select setl_id, reason, fund_amount from core.unmatched_refund order by setl_id")
    return [(setl_id, reason, int(amount)) for setl_id, reason, amount in rows]


def original(setl_id: str = "S1", amount: int = 100, **more: Any) -> dict[str, Any]:
    return {"setl_id": setl_id, "hifp_pay": amount, "setl_time": T1, **STAY, **more}
