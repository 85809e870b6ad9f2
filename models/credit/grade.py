"""The lists `credit_provider` and `credit_doctor`: points off the base, item by item, and the grade they give."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import polars as pl

from models.config import Config
from models.contracts.document import read_document
from models.contracts.lists import schema
from models.credit.facts import Facts, Unit, gather
from models.engine.duck import Engine
from models.errors import UsageError
from models.money.register import Register

SHOWN = 10  # things an item names; its count tells how many there are
LOWEST = "D"


@dataclass(frozen=True)
class Item:
    """One item of the published points."""

    name: str
    points: Decimal
    cap: Decimal
    of: tuple[str, ...]
    title: str


@cache
def _published() -> dict[str, Any]:
    return dict(read_document(Path(__file__).parent / "points.yaml"))


def check_items(config: Config) -> None:
    """Raise UsageError that names every entry of `credit.items` that is no item of the published points."""
    known = _published()["items"]
    strange = sorted(config.credit.items.keys() - known.keys())
    if strange:
        raise UsageError(
            f"config.yaml 的 credit.items 没有这些项 / has no such items: {', '.join(strange)}"
            f"（可用 / allowed: {', '.join(known)}）"
        )


def items(config: Config, whom: str) -> list[Item]:
    """The items that concern `provider` or `doctor`, with the bureau's own figures where it set some."""
    found = []
    for name, spec in _published()["items"].items():
        own = config.credit.items.get(name)
        points, cap = (own.points, own.cap) if own else (Decimal(str(spec["points"])), Decimal(str(spec["cap"])))
        if whom in spec["of"]:
            found.append(Item(name, points, cap, tuple(spec["of"]), spec["zh"]))
    return found


def grade_of(points: Decimal, config: Config) -> str:
    """The grade of so many points."""
    least = config.credit.grades or _published()["grades"]
    fitting = [name for name, limit in sorted(least.items()) if points >= limit]
    return fitting[0] if fitting else LOWEST


@dataclass(frozen=True)
class Asked:
    """What is graded: settlements and decisions of [first_day, before), replies as they stand at `as_of`."""

    engine: Engine
    config: Config
    register: Register
    period: str
    first_day: date
    before: date
    as_of: date

    @cached_property
    def facts(self) -> Facts:
        """What points rest on, gathered once for both lists."""
        return gather(self.engine, self.config, self.register, self.first_day, self.before, self.as_of)


def credit_provider(asked: Asked) -> pl.DataFrame:
    """Rows of the list `credit_provider` (grain: provider of the area with settlements in [first_day, before))."""
    active = asked.engine.query("credit/provider", first_day=asked.first_day, before=asked.before)
    names, facts = dict(active.iter_rows()), asked.facts
    codes = sorted(set(names) | {code for (code, doctor), own in facts.items() if doctor is None and any(own.values())})
    rows = [_row(asked, (code, None)) | {"fixmedins_name": names.get(code)} for code in codes]
    return pl.DataFrame(rows, schema=schema("credit_provider"), orient="row")


def credit_doctor(asked: Asked) -> pl.DataFrame:
    """Rows of the list `credit_doctor` (grain: provider, doctor who billed or attended in [first_day, before))."""
    active = asked.engine.query("credit/doctor", first_day=asked.first_day, before=asked.before)
    units: set[Unit] = set(active.iter_rows())
    units |= {unit for unit, own in asked.facts.items() if unit[1] is not None and any(own.values())}
    rows = [_row(asked, unit) | {"dr_code": unit[1]} for unit in sorted(units, key=lambda u: (u[0], u[1] or ""))]
    return pl.DataFrame(rows, schema=schema("credit_doctor"), orient="row")


def _row(asked: Asked, unit: Unit) -> dict[str, Any]:
    own, config, period = asked.facts.get(unit, {}), asked.config, asked.period
    told: list[dict[str, Any]] = []
    for item in items(config, "provider" if unit[1] is None else "doctor"):
        things = own.get(item.name, [])
        off = min(item.points * len(things), item.cap)
        told.append(
            {"item": item.name, "title": item.title, "count": len(things), "off": off, "rests_on": things[:SHOWN]}
        )
    base = Decimal(str(_published()["base"]))
    off = sum((one["off"] for one in told), Decimal(0))
    points = max(base - off, Decimal(0))
    grade = grade_of(points, config)
    counted = [one for one in told if one["count"]]
    shown = [
        {**one, "off": f"{one['off']:f}", "text": f"{one['title']} {one['count']} 项扣 {one['off']:f} 分"}
        for one in told
    ]
    return {
        "period": period,
        "fixmedins_code": unit[0],
        "grade": grade,
        "points": points,
        "deducted": off,
        "base_only": not counted,
        "upheld": len(own.get("upheld", [])),
        "items": json.dumps(shown, ensure_ascii=False, sort_keys=True),
        "reason": _reason(base, counted, points, grade),
        "appeal": _appeal(config),
        "appeal_until": _until(config),
    }


def _reason(base: Decimal, counted: list[dict[str, Any]], points: Decimal, grade: str) -> str:
    if not counted:
        return f"评价期内没有已办结的扣分事项，仅列基础分 {base:f} 分，不代表已经核查。"
    parts = "、".join(f"{one['title']} {one['count']} 项扣 {one['off']:f} 分" for one in counted)
    return f"基础分 {base:f} 分，{parts}，得 {points:f} 分，{grade} 级。"


def _appeal(config: Config) -> str:
    days = config.credit.appeal_days
    return f"对评价有异议的，可自公布之日起 {days} 个工作日内书面申诉；申诉改变认定结论的，相应扣分撤销。"


def _until(config: Config) -> date | None:
    told = config.credit.published_on
    return config.review.calendar.after(told, config.credit.appeal_days) if told else None
