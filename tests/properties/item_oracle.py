"""What rules about prescriptions, prices, names and trace codes must find in a drawn world, in plain Python."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from tests.properties.rule_oracle import Found, Line, fen, grouped, lines_of, quarter, settled_at
from tests.properties.rule_worlds import Row, World

INPATIENT = ("21", "52")
MAX_KINDS, MAX_FEE, MAX_DRUGS = 30, 1500, 5
DIFFER, TIMES, OVERLAP_DAYS, MIN_AMOUNT = Fraction(70, 100), 2, 14, 200
DECORATION = " ()（）[]【】·.,，-"


def expected(world: World) -> Iterator[Found]:
    """Every finding of R46, R76, S05, S06 and S18."""
    lines = lines_of(world)
    for own in grouped(lines, lambda line: line.settlement["setl_id"]):
        yield from _prescribed(own)
    yield from _swapped(world, lines)
    for line in lines:
        yield "S06", line.key, quarter(settled_at(line)), _above_cap(line, world.tables["hilist_b"])
    yield from _sold_again(world, lines)


def _kinds(lines: list[Line]) -> int:
    return len({line.row["med_list_codg"].upper() for line in lines})


def _prescribed(lines: list[Line]) -> Iterator[Found]:
    """The largest prescription of herbs, and of drugs, of a settlement; herbs without a number by doctor and day."""
    settlement = lines[0].settlement
    herbs = [
        line for line in lines
        if (line.row["list_type"] or ("102" if line.row["med_chrgitm_type"].startswith("10") else "")) == "102"
    ]  # fmt: skip
    too_large = [
        (sum(line.fee for line in rows), _kinds(rows))
        for rows in grouped(herbs, lambda line: line.row["rxno"] or (line.day, line.row["bilg_dr_codg"]))
    ]
    too_large = [(fee, kinds) for fee, kinds in too_large if kinds > MAX_KINDS or fee > MAX_FEE]
    if too_large:
        yield "R76", settlement["setl_id"], quarter(settlement["setl_time"]), Fraction(max(too_large)[0])
    drugs = [line for line in lines if line.row["med_chrgitm_type"].startswith(("09", "11")) and line.row["rxno"]]
    prescriptions = sorted(grouped(drugs, lambda line: line.row["rxno"]), key=lambda rows: rows[0].row["rxno"])
    longest = max(prescriptions, key=_kinds, default=[])
    if _kinds(longest) > MAX_DRUGS and not settlement["med_type"].startswith(INPATIENT):
        yield "R46", settlement["setl_id"], quarter(settlement["setl_time"]), Fraction(sum(one.fee for one in longest))


def _catalogue_code(line: Line) -> str:
    return str(line.row["hilist_code"] or line.row["med_list_codg"]).upper()


def _above_cap(line: Line, catalogue: list[Row]) -> Fraction:
    """The excess over the highest cap of the day, less what the person bore of it; no cap is no limit."""
    caps = [
        row["pric_uplmt_amt"] for row in catalogue
        if row["hilist_code"].upper() == _catalogue_code(line) and row["pric_uplmt_amt"]
        and row["valid_from"] <= line.day <= (row["valid_to"] or date.max)
    ]  # fmt: skip
    if not caps or line.row["pric"] <= max(caps):
        return Fraction(0)
    asked = Fraction(line.row["pric"]) * line.cnt
    charged = line.fee if line.fee < Fraction(fen(asked)) else asked
    over = charged - Fraction(max(caps)) * line.cnt - line.over_limit
    return max(min(over, line.fee - line.over_limit), Fraction(0))


def _bare(name: str) -> str:
    return "".join(sign for sign in name.lower() if sign not in DECORATION)


def _changes(one: str, other: str) -> int:
    """Signs to put in, take out or change to make one the other."""
    row = list(range(len(other) + 1))
    for place, sign in enumerate(one, 1):
        last, row = row, [place]
        for at, mark in enumerate(other, 1):
            row.append(min(row[-1] + 1, last[at] + 1, last[at - 1] + (sign != mark)))
    return row[-1]


def _misnamed(line: Line, catalogue: list[Row]) -> bool:
    """Unlike the name of every version of the catalogue's code."""
    if not line.row["hilist_name"]:
        return False
    own = _bare(line.row["hilist_name"])
    names = [
        _bare(row["hilist_name"]) for row in catalogue
        if row["hilist_code"].upper() == _catalogue_code(line) and row["hilist_name"]
    ]  # fmt: skip
    return bool(names) and all(
        name not in own and own not in name and _changes(own, name) >= DIFFER * max(len(own), len(name))
        for name in names
    )


def _swapped(world: World, lines: list[Line]) -> Iterator[Found]:
    """By provider, item and quarter: lines with another's name, and those at the dearer of two prices side by side."""
    for own in grouped(lines, lambda line: (line.place[1], line.row["med_list_codg"], quarter(settled_at(line)))):
        asked = {line for line in own if _misnamed(line, world.tables["hilist_b"])}
        prices = sorted({line.row["pric"] for line in own if line.row["pric"] > 0})
        if prices and prices[-1] >= TIMES * prices[0]:
            high, low = ([one.day for one in own if one.row["pric"] == price] for price in (prices[-1], prices[0]))
            if (min(max(high), max(low)) - max(min(high), min(low))).days >= OVERLAP_DAYS:
                asked |= {line for line in own if line.row["pric"] == prices[-1]}
        amount = sum((line.fee for line in asked), Fraction(0))
        if amount >= MIN_AMOUNT:
            key = f"{own[0].place[1]} {own[0].row['med_list_codg']} {quarter(settled_at(own[0]))}"
            yield "S05", key, quarter(settled_at(own[0])), amount


def _sold_again(world: World, lines: list[Line]) -> Iterator[Found]:
    """Packs that had left already, less those brought back under the same settlement."""
    refunded = {row["setl_id"]: row["init_setl_id"] for row in world.tables["setl_d"] if "init_setl_id" in row}
    again: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for documents in _by_code(world.tables["sel_d"]).values():
        left: dict[str, Fraction] = defaultdict(Fraction)  # of the pack, by whose sale it was
        beyond: dict[str, Fraction] = defaultdict(Fraction)
        where: dict[str, Row] = {}
        for row in sorted(documents, key=lambda one: (one["ocur_time"], one["cnt"] > 0, one["doc_sn"])):
            owner = refunded.get(row["setl_id"], row["setl_id"])
            if owner in world.whole:
                continue
            owner = owner or row["doc_sn"]
            before, own = sum(left.values(), Fraction(0)), left[owner]
            left[owner] = min(own + max(min(Fraction(row["cnt"]), Fraction(1)), Fraction(-1)), Fraction(1))  # one pack
            sold = left[owner] - own
            if sold > 0:
                beyond[owner] += max(min(sold, before + sold - 1), Fraction(0))
                where.setdefault(owner, row)
        for owner, packs in beyond.items():
            again[owner, where[owner]["med_list_codg"].upper()] += max(min(packs, left[owner]), Fraction(0))
    for (setl_id, item), packs in again.items():
        own_lines = [one for one in lines if one.row["setl_id"] == setl_id and one.row["med_list_codg"].upper() == item]
        if own_lines and packs > 0:
            line = min(own_lines, key=lambda one: one.moment)
            yield "S18", line.key, quarter(settled_at(line)), line.fee * min(packs, line.cnt) / line.cnt


def _by_code(documents: list[Row]) -> dict[Any, list[Row]]:
    found = defaultdict(list)
    for row in documents:
        code = row["drug_trac_codg"]
        if any(sign.isdigit() for sign in code) and len(set(code)) > 1:
            found[code].append(row)
    return found
