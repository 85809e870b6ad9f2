"""What rules about people must find in a drawn world: visits by day, month and year, and years without a re-check."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil
from statistics import median
from typing import Any

from tests.properties.code_oracle import Facts
from tests.properties.rule_oracle import Found, grouped, quarter
from tests.properties.rule_worlds import Row, World
from tests.properties.visit_oracle import visits_of

LIMITS = {"day": 4, "month": 20, "year": 100}
LEAST_SPREAD = {"day": 0.3, "month": 1, "year": 1}
SPREADS, SCALE, ENOUGH = 5, 1.4826, 30
EXAMS = ("03", "04", "1408", "1409", "1410", "145301")
RECHECK_DAYS = 730


@dataclass(frozen=True, eq=False)
class Visit:
    person: str
    provider: str
    day: date
    moment: datetime
    settlement: str
    kind: str
    dialysis: bool
    chronic: bool
    paid: Fraction

    @property
    def order(self) -> tuple[datetime, str]:
        return self.moment, self.settlement

    @property
    def period(self) -> str:
        return quarter(self.moment)

    def window(self, span: str) -> Any:
        return {"day": self.day, "month": (self.day.year, self.day.month)}[span]


def expected(world: World) -> Iterator[Found]:
    """Every finding of R50, R51 and S17."""
    facts = Facts(world)
    visits = [_visit(facts, rows) for rows in visits_of(facts).values()]
    status = {rows[0].person: _status(rows) for rows in grouped(visits, lambda one: one.person)}
    kept = _unscheduled([one for one in visits if one.kind != "other"])
    for rule_id, kind in (("R50", "visit"), ("R51", "purchase")):
        own = [one for one in kept if one.kind == kind and not one.dialysis]
        for period in sorted({one.period for one in own}):
            until = [one for one in own if one.period <= period]
            yield from _frequent(rule_id, period, until, status)
    yield from _unchecked(facts)


def _visit(facts: Facts, rows: list[Row]) -> Visit:
    """A visit is one whatever its settlements; the last one says what it was, and the day within its dates."""
    last, names = rows[-1], {row["setl_id"] for row in rows}
    coded = [one for one in facts.diagnoses if one.settlement["setl_id"] in names]
    dialysis = any(one.answers("Z49*") or one.answers("N18.001*") for one in coded)
    dialysis |= any((row["dise_codg"] or "").upper().startswith("M07803") for row in rows)
    charged = [line for line in facts.world.tables["fee_list_d"] if line["setl_id"] in names]
    dialysis |= any("透析" in (line["hilist_name"] or "") for line in charged)
    kinds = {"12": "other", "41": "purchase"}
    kind = "purchase" if last["fixmedins_code"] == "Y1" else kinds.get(last["med_type"], "visit")
    return Visit(
        last["psn_no"], last["fixmedins_code"], last["begndate"], last["setl_time"], last["setl_id"], kind, dialysis,
        any(row["med_type"].startswith("14") or row["dise_codg"] for row in rows),
        sum((facts.net(row) for row in rows), Fraction(0)),
    )  # fmt: skip


def _status(visits: list[Visit]) -> tuple[Any, ...]:
    dialysis = any(one.dialysis for one in visits)
    return visits[0].person[0], dialysis or any(one.chronic for one in visits), dialysis


def _unscheduled(visits: list[Visit]) -> list[Visit]:
    """Without those who come to a provider for a month and more on three weekdays at most, once a day, in a quarter."""
    kept = []
    for own in grouped(visits, lambda one: (one.person, one.provider, quarter(_midnight(one.day)))):
        weekdays = Counter(one.day.weekday() for one in own).most_common(3)
        weeks = [
            {one.day - timedelta(days=one.day.weekday()) for one in own if one.day.weekday() == d} for d in range(7)
        ]
        regular = len({one.day for one in own}) == len(own) >= 8 and max(map(len, weeks)) >= 4
        if not (regular and sum(count for _, count in weekdays) * 10 >= len(own) * 9):
            kept += own
    return kept


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time())


def _counts(visit: Visit, visits: list[Visit]) -> dict[str, int]:
    """The visit's place, as they were settled, among the person's of day and month, and those of a year up to it."""
    year = [one for one in visits if 0 <= (visit.day - one.day).days <= 364]
    same = {
        span: sum(one.window(span) == visit.window(span) and one.order <= visit.order for one in visits)
        for span in ("day", "month")
    }
    return {**same, "year": len(year)}


def _frequent(rule_id: str, period: str, visits: list[Visit], status: dict[str, tuple[Any, ...]]) -> Iterator[Found]:
    people: dict[tuple[Any, ...], dict[str, Any]] = defaultdict(dict)
    own = {rows[0].person: rows for rows in grouped(visits, lambda one: one.person)}
    for person, rows in own.items():
        counts = {one: _counts(one, rows) for one in rows if one.period == period}
        if counts:
            people[status[person]][person] = counts
    for peers in people.values():
        most = [{span: max(c[span] for c in counts.values()) for span in LIMITS} for counts in peers.values()]
        limits = {span: _limit(span, [one[span] for one in most]) for span in LIMITS}
        for person, counts in peers.items():
            reached = [one for one, told in counts.items() if any(told[span] >= limits[span] for span in LIMITS)]
            if reached:
                inside = _inside(own[person], counts, limits)
                first = min(reached, key=lambda one: one.order)
                yield rule_id, first.settlement, period, sum((one.paid for one in inside), Fraction(0))


def _limit(span: str, counts: list[int]) -> int:
    """Beside enough peers also far above their median."""
    if len(counts) < ENOUGH:
        return LIMITS[span]
    middle = median(counts)
    spread = median(abs(one - middle) for one in counts)
    return max(LIMITS[span], ceil(middle + SPREADS * SCALE * max(spread, LEAST_SPREAD[span])))


def _inside(visits: list[Visit], counts: dict[Visit, dict[str, int]], limits: dict[str, int]) -> list[Visit]:
    windows = {
        span: {one.window(span) for one, told in counts.items() if told[span] >= limits[span]}
        for span in ("day", "month")
    }
    last = max((one.day for one, told in counts.items() if told["year"] >= limits["year"]), default=date.min)
    return [
        one for one in visits
        if one.day in windows["day"] or one.window("month") in windows["month"]
        or 0 <= (last - one.day).days <= 364
    ]  # fmt: skip


def _unchecked(facts: Facts) -> Iterator[Found]:
    """The last settlement of a quarter, two years into a benefit, with no examination in those."""
    chronic = [
        row for row in facts.settlements
        if row["dise_codg"] and row["med_type"].startswith("14") and not row["dise_codg"].upper().startswith("M07803")
    ]  # fmt: skip
    exams = [line for line in facts.lines if line.row["med_chrgitm_type"].startswith(EXAMS)]
    for rows in grouped(chronic, lambda row: (row["psn_no"], row["dise_codg"].upper())):
        for own in grouped(rows, lambda row: quarter(row["setl_time"])):
            last = max(own, key=lambda row: (row["setl_time"], row["setl_id"]))
            known = [row["enddate"] for row in rows if quarter(row["setl_time"]) <= quarter(last["setl_time"])]
            seen = any(
                line.place[0] == last["psn_no"] and 0 <= (last["enddate"] - line.day).days < RECHECK_DAYS
                for line in exams
            )
            if (last["enddate"] - min(known)).days >= RECHECK_DAYS and not seen:
                yield "S17", last["setl_id"], quarter(last["setl_time"]), facts.net(last)
