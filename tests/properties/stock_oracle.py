"""What must be found of items billed beyond their stock (R43, R48), worked out in plain Python from count to count."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise
from math import ceil

from tests.properties.rule_oracle import Found, quarter
from tests.properties.rule_worlds import Row

OPENING_DAYS, TOLERANCE_COUNT, TOLERANCE_PERCENT, FULL_PERCENT = 90, 1, 5, 95


@dataclass(frozen=True)
class Move:
    """A document, or a line: what it adds to the stock of an item, or what a count found there."""

    item: str
    moment: datetime
    kind: str  # bought (changes and cash sales are too), billed, counted
    count: Fraction


@dataclass(frozen=True)
class Billed:
    item: str
    moment: datetime
    settled: str  # its quarter
    count: Fraction
    fee: Fraction
    kind: str

    @property
    def rule_id(self) -> str:
        return "R48" if self.kind == "08" else "R43"


def expected(tables: dict[str, list[Row]]) -> Iterator[Found]:
    """Every shortage of a provider's item and quarter."""
    for provider in sorted({row["fixmedins_code"] for row in tables["setl_d"]}):
        moves, known, begin = _told(tables, provider)
        lines = [line for line in _billed(tables, provider) if line.moment >= begin]
        whole = {
            (row["ocur_time"].year, row["ocur_time"].month)
            for name in ("purc_d", "inv_chg_d", "sel_d", "inv_count_d") for row in tables[name]
            if row["fixmedins_code"] == provider
        }  # fmt: skip
        for rule_id in ("R43", "R48"):
            items = {line.item for line in lines if line.rule_id == rule_id}
            full = 100 * len(items & known) >= FULL_PERCENT * len(items)
            for item in [item for item in items if item in known or full]:
                own = [line for line in lines if line.item == item]
                for name, lacks in _short([one for one in moves if one.item == item], own).items():
                    months = {(int(name[:4]), 3 * int(name[-1]) - back) for back in range(3)}
                    settled = [line for line in own if line.settled == name]
                    count = sum(line.count for line in settled)
                    if (
                        months <= whole
                        and settled
                        and lacks > TOLERANCE_COUNT
                        and 100 * lacks > TOLERANCE_PERCENT * count
                    ):
                        share = min(lacks, Fraction(count)) / count
                        yield rule_id, f"{provider} {item} {name}", name, sum(line.fee for line in settled) * share


def _told(tables: dict[str, list[Row]], provider: str) -> tuple[list[Move], set[str], datetime]:
    """Moves, items with a purchase or a count, and from when on there are such."""
    moves = []
    for name, sign in (("purc_d", 1), ("inv_chg_d", 1), ("sel_d", -1)):
        own = [row for row in tables[name] if row["fixmedins_code"] == provider and not row.get("setl_id")]
        moves += [Move(row["med_list_codg"], row["ocur_time"], "bought", sign * Fraction(row["cnt"])) for row in own]
    days: dict[tuple[str, date], list[Row]] = defaultdict(list)
    for row in [row for row in tables["inv_count_d"] if row["fixmedins_code"] == provider]:
        days[row["med_list_codg"], row["ocur_time"].date()].append(row)
    counts = []
    for (item, _), rows in days.items():
        batches = {
            row["fixmedins_bchno"]: Fraction(row["cnt"])
            for row in sorted(rows, key=lambda one: (one["ocur_time"], one["doc_sn"]))
        }
        counts.append(Move(item, max(row["ocur_time"] for row in rows), "counted", Fraction(sum(batches.values()))))
    bought = [row for row in tables["purc_d"] if row["fixmedins_code"] == provider]
    known = {row["med_list_codg"] for row in bought} | {one.item for one in counts}
    begin = min([row["ocur_time"] for row in bought] + [one.moment for one in counts], default=datetime.max)
    return moves + counts, known, begin


def _billed(tables: dict[str, list[Row]], provider: str) -> Iterator[Billed]:
    settled = {
        row["setl_id"]: quarter(row["setl_time"]) for row in tables["setl_d"] if row["fixmedins_code"] == provider
    }
    back = {row["init_feedetl_sn"]: row for row in tables["fee_list_d"] if "init_feedetl_sn" in row}
    for row in tables["fee_list_d"]:
        if row["setl_id"] in settled and "init_feedetl_sn" not in row:
            less = back.get(row["bkkp_sn"], {"cnt": 0, "det_item_fee_sumamt": 0})
            count, fee = (Fraction(row[name]) + Fraction(less[name]) for name in ("cnt", "det_item_fee_sumamt"))
            if count > 0:
                item, moment = row["med_list_codg"], row["fee_ocur_time"]
                yield Billed(item, moment, settled[row["setl_id"]], count, fee, row["med_chrgitm_type"])


def _short(moves: list[Move], lines: list[Billed]) -> dict[str, Fraction]:
    """What lacks of an item by quarter: shown once, less what the leg before had too much."""
    counts = sorted((one for one in moves if one.kind == "counted"), key=lambda one: one.moment)
    ends = [
        one for place, one in enumerate(counts)
        if place == 0 or all(quarter(later.moment) != quarter(one.moment) for later in counts[place + 1 :])
    ]  # fmt: skip
    every = [one for one in moves if one.kind == "bought"]
    every += [Move(line.item, line.moment, "billed", -line.count) for line in lines]
    edges = [None, *ends, None]
    lacks: dict[str, Fraction] = defaultdict(Fraction)
    surplus = Fraction(0)
    for begin, end in pairwise(edges):
        if begin is None and ends:
            continue  # before the first count nothing is known
        opening = begin.count if begin else _granted(lines)
        inside = [
            one for one in every
            if (begin is None or one.moment > begin.moment) and (end is None or one.moment <= end.moment)
        ]  # fmt: skip
        last = quarter(end.moment) if end else ""
        shown = left = Fraction(0)
        for name in sorted({quarter(one.moment) for one in inside} | ({last} if end else set())):
            left = opening + sum(one.count for one in inside if quarter(one.moment) <= name)
            left -= end.count if end and name == last else 0
            missing = max(-left - surplus, Fraction(0))
            lacks[name] += max(missing - shown, Fraction(0))
            shown = max(shown, missing)
        surplus = max(left, Fraction(0)) if end else Fraction(0)
    return lacks


def _granted(lines: list[Billed]) -> Fraction:
    """Where nothing was ever counted: three months of what was billed, in whole packs."""
    days = max((max(line.moment for line in lines).date() - min(line.moment for line in lines).date()).days + 1, 90)
    return Fraction(ceil(sum(line.count for line in lines) * OPENING_DAYS / days))
