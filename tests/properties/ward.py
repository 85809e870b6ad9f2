"""Stays of a drawn world with what they charged, and whom they are set beside, for rules about peers."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property

from tests.properties.code_oracle import Facts
from tests.properties.rule_oracle import Line
from tests.properties.rule_worlds import World
from tests.properties.stay_oracle import _planned
from tests.properties.visit_oracle import Stay, said, stays_of

PACKAGE = ("2", "3", "4")
WARD, EXAMS, OPERATIONS = ("01", "02", "07", "12", "13"), ("03", "04"), ("06",)
TIMES, MIN_CASES, PEERS, PEER_CASES = 2, 5, 5, 30


@dataclass(frozen=True, eq=False)
class Case:
    """A stay with what it charged and what it was grouped as."""

    stay: Stay
    lines: list[Line]
    noted: set[date]
    group: tuple[str, str, str] | None
    planned: bool
    operated: bool

    @property
    def provider(self) -> str:
        return str(self.stay.settlements[0]["fixmedins_code"])

    @property
    def key(self) -> str:
        return str(self.stay.last["setl_id"])

    @property
    def period(self) -> int:
        return number(self.stay.last["setl_time"])

    @property
    def family(self) -> tuple[str, str, str] | None:
        kind, version, code = self.group or ("", "", "")
        return (kind, version, code[:3] if kind == "DRG" else code) if self.group else None

    @property
    def packaged(self) -> bool:
        return said(self.stay, "hi_paymtd") in PACKAGE

    @cached_property
    def fee(self) -> Fraction:
        return sum((line.fee for line in self.lines), Fraction(0))

    @cached_property
    def items(self) -> set[str]:
        return {item(line) for line in self.lines}

    @cached_property
    def examined(self) -> Fraction:
        return sum((line.fee for line in self.lines if kind(line).startswith(EXAMS + WARD)), Fraction(0))

    @property
    def share(self) -> Fraction:
        """Of examinations and ward, in hundredths of a percent."""
        return Fraction(int(10000 * self.examined / self.fee), 10000)

    @cached_property
    def own_paid(self) -> Fraction:
        return sum((own_paid(line) for line in self.lines), Fraction(0))

    @property
    def inner(self) -> int:
        return (self.stay.ends - self.stay.begins).days - 1

    @property
    def treated(self) -> set[date]:
        """Days inside on which anything but the ward was noted, free of charge or not."""
        return {day for day in self.noted if self.stay.begins < day < self.stay.ends}

    @property
    def judged(self) -> bool:
        return self.inner >= 3 and said(self.stay, "hi_paymtd") != "5" and self.stay.fund > 0 and self.fee > 0

    @property
    def idle(self) -> bool:
        days = self.inner - len(self.treated)
        return self.inner >= 3 and days >= 3 and days * 100 >= 60 * self.inner


def number(moment: datetime) -> int:
    return moment.year * 4 + (moment.month - 1) // 3


def kind(line: Line) -> str:
    return str(line.row["med_chrgitm_type"])


def item(line: Line) -> str:
    return str(line.row["med_list_codg"]).upper()


def own_paid(line: Line) -> Fraction:
    return Fraction(line.row["fulamt_ownpay_amt"] or 0) * line.cnt  # each line is of one, less what was returned


class Ward:
    """Stays of a world, and whom they are set beside."""

    def __init__(self, world: World) -> None:
        self.facts = Facts(world)
        groups = {
            row["setl_id"]: (row["grp_type"], row["grp_ver"], row["grp_code"]) for row in world.tables["drg_grp_d"]
        }
        self.weights = {row["grp_code"]: row["wt"] for row in world.tables["drg_grp_d"]}
        lines, operated = defaultdict(list), {one.settlement["setl_id"] for one in self.facts.operations}
        for line in self.facts.lines:
            lines[line.settlement["setl_id"]].append(line)
        noted = defaultdict(set)
        visits = {row["setl_id"]: row["mdtrt_id"] for row in self.facts.every}
        for row in world.tables["fee_list_d"]:
            left = row["cnt"] - world.returned.get(row["bkkp_sn"], [0])[0]
            if row["setl_id"] in visits and left > 0 and not row["med_chrgitm_type"].startswith(WARD):
                noted[visits[row["setl_id"]]].add(row["fee_ocur_time"].date())
        self.cases = []
        for stay in stays_of(self.facts):
            ids = [row["setl_id"] for row in stay.settlements]
            charged = [line for one in ids for line in lines[one]]
            group = next((groups[one] for one in reversed(ids) if one in groups), None)
            cut = bool(operated & set(ids)) or any(kind(line).startswith(OPERATIONS) for line in charged)
            self.cases.append(Case(stay, charged, noted[stay.last["mdtrt_id"]], group, _planned(self.facts, stay), cut))
        self.levels = {row["fixmedins_code"]: row["hosp_lv"] for row in world.tables["medins_info_b"]}
        self.types = {row["fixmedins_code"]: row["fixmedins_type"] for row in world.tables["medins_info_b"]}

    def beside(
        self, case: Case, period: int, that: Callable[[Case], bool] = lambda case: True
    ) -> tuple[list[Case], list[Case]]:
        """The provider's own and its peers' stays of four quarters."""
        there = [one for one in self.cases if 0 <= period - one.period <= 3 and that(one)]
        peers = [one for one in there if self.levels[one.provider] == self.levels[case.provider]]
        return [one for one in there if one.provider == case.provider], [
            one for one in peers if one.provider != case.provider
        ]


def enough(peers: list[Case]) -> bool:
    return len(peers) >= PEER_CASES and len({one.provider for one in peers}) >= PEERS


def usual(own: list[Case], peers: list[Case], high: Callable[[Case], bool], percent: int) -> bool:
    """A custom of the provider: five stays, so many in a hundred, twice the peers' share, three deviations above."""
    mine, theirs = sum(map(high, own)), sum(map(high, peers))
    expected = Fraction(len(own) * theirs, len(peers) or 1)
    return (
        enough(peers) and mine >= MIN_CASES and 100 * mine >= percent * len(own) and mine >= TIMES * expected
        and mine > expected and (mine - expected) ** 2 >= 9 * expected
    )  # fmt: skip
