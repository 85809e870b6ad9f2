"""Lines, diagnoses and operations that break (or just keep) a rule about who may have them.

Also hung on visits that exist already.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from models.sample.draft import Mark
from models.sample.groups import FAMILY_INDEX
from models.sample.months import DAY, full_years
from models.sample.providers import PHARMACY
from models.sample.schemes.scene import Scene

Test = Callable[["Crowd"], np.ndarray]


@dataclass
class Crowd:
    """Attributes of the visits that lines may be hung on."""

    vid: np.ndarray
    gend: np.ndarray
    age: np.ndarray
    age_end: np.ndarray
    level: np.ndarray
    stay: np.ndarray
    shop: np.ndarray
    days: np.ndarray
    fam: np.ndarray
    dise: np.ndarray  # of chronic visits, -1 otherwise


@dataclass(frozen=True)
class Case:
    """An item and the rules a line of it breaks where `bad` holds; it is payable where `good` holds."""

    item: str
    rules: tuple[str, ...]
    bad: Test
    good: Test


def _sex(item: str, rule: str, gend: int) -> Case:
    return Case(item, (rule,), lambda c: c.gend != gend, lambda c: c.gend == gend)


def _ages(item: str, rule: str, low: int, high: int) -> Case:
    return Case(
        item,
        (rule,),
        lambda c: ((c.age < low) & (c.age_end < low)) | (c.age > high),
        lambda c: (c.age >= low) & (c.age_end <= high),
    )


def _level(item: str, rule: str, limit: str) -> Case:
    return Case(item, (rule,), lambda c: c.level > limit, lambda c: c.level <= limit)


CASES: tuple[Case, ...] = (
    _sex("D501", "R67", 2),
    _sex("D502", "R67", 1),
    _sex("S501", "R81", 2),
    _sex("S502", "R81", 1),
    _sex("C501", "R87", 2),
    _ages("D503", "R06", 0, 0),
    _ages("D504", "R07", 0, 14),
    _ages("D505", "R65", 0, 14),
    _ages("D506", "R66", 18, 200),
    _ages("D507", "R72", 0, 64),
    _ages("S503", "R18", 0, 0),
    _ages("S504", "R19", 0, 14),
    _ages("S505", "R29", 40, 74),
    _ages("S506", "R80", 0, 14),
    _ages("C502", "R32", 0, 0),
    _ages("C503", "R33", 0, 14),
    _level("D508", "R12", "06"),
    _level("S507", "R24", "03"),
    Case("D513", ("R06", "R67"), lambda c: (c.gend == 1) & (c.age > 0), lambda c: (c.gend == 2) & (c.age_end == 0)),
    Case("D513", ("R67",), lambda c: (c.gend == 1) & (c.age_end == 0), lambda c: c.gend < 0),
    Case("D513", ("R06",), lambda c: (c.gend == 2) & (c.age > 0), lambda c: c.gend < 0),
)
_LUNG, _HEART, _GALL = ([FAMILY_INDEX[name] for name in names] for names in (("ES2", "ET1"), ("FR2", "BR2"), ("HC3",)))
#: what the diagnoses of the stay, or the disease of the visit, decide
DIAGNOSED: tuple[Case, ...] = (
    Case("D515", ("R08",), lambda c: c.stay & ~np.isin(c.fam, _LUNG), lambda c: np.isin(c.fam, _LUNG)),
    Case("D516", ("R71",), lambda c: np.isin(c.fam, _HEART), lambda c: c.stay & ~np.isin(c.fam, _HEART)),
    Case("D517", ("R11",), lambda c: (c.dise >= 0) & (c.dise != 1), lambda c: c.dise == 1),
)
#: items of other templates, charged where they are payable
KEPT: tuple[Case, ...] = (Case("D509", (), lambda c: c.gend < 0, lambda c: c.stay & (c.days > 2)),)


class Hanger:
    """Hangs planted and legal lines on ordinary visits; every visit is used once."""

    def __init__(self, s: Scene) -> None:
        self.s = s
        v = s.draft.visits.frame().filter(
            pl.col("settled")
            & (pl.col("origin") == "")
            & (pl.col("cut") == 0)
            & (pl.col("tier") == pl.col("true_tier"))
        )
        person, provider = v["person"].to_numpy(), v["provider"].to_numpy()
        self.v = v
        self.c = Crowd(
            v["vid"].to_numpy(),
            s.people.gend[person],
            full_years(s.people.birth[person], v["begin"].to_numpy()),
            full_years(s.people.birth[person], v["end"].to_numpy()),
            s.providers.hosp_lv[provider],
            (v["fam"] >= 0).to_numpy(),
            s.providers.cls[provider] == PHARMACY,
            (v["end"] - v["begin"]).to_numpy(),
            v["fam"].to_numpy(),
            v["dise"].to_numpy(),
        )

    def take(self, n: int, mask: np.ndarray) -> np.ndarray:
        """Up to n rows of the crowd that satisfy the mask and are not used yet."""
        used = np.fromiter(self.s.draft.used, dtype=np.int64, count=len(self.s.draft.used))
        among = np.flatnonzero(mask & ~np.isin(self.c.vid, used))
        rows = self.s.rng.choice(among, min(n, len(among)), replace=False)
        self.s.draft.used.update(int(x) for x in self.c.vid[rows])
        return rows

    def hang(self, rows: np.ndarray, key: str, rules: tuple[str, ...]) -> None:
        """Charge an item on the visits; with rules, as planted evidence."""
        item = self.s.catalogue[key]
        begin, end, at = (self.v[c].to_numpy()[rows] for c in ("begin", "end", "at"))
        inside = begin * DAY + 11 * 3600 + ((end - begin) * 0.6).astype(np.int64) * DAY
        when = np.where(self.c.stay[rows], inside, at - 150)
        cnt = 1 + self.s.rng.integers(0, 2, len(rows))
        marks = [self.s.draft.new_mark(Mark(rules)) if rules else 0 for _ in rows]
        self.s.draft.add_lines(
            self.c.vid[rows], item, cnt, int(self.s.catalogue.price[item]), when, np.array(marks, dtype=np.int64)
        )

    def run(self) -> None:
        """Every case: planted in ordinary visits and in stays, and twice as often where it is payable."""
        scale = self.s.scale
        for case in (*CASES, *KEPT, *DIAGNOSED):
            drug = case.item.startswith("D")
            able = ~self.c.shop if not drug else np.ones(len(self.c.vid), dtype=bool)
            if case.rules:
                bad = case.bad(self.c) & able
                self.hang(self.take(scale, bad & ~self.c.stay), case.item, case.rules)
                self.hang(self.take(1 + scale // 4, bad & self.c.stay), case.item, case.rules)
            good = case.good(self.c) & able
            self.hang(self.take(2 * scale, good & ~self.c.stay), case.item, ())
            self.hang(self.take(1 + scale // 4, good & self.c.stay), case.item, ())

    def contradicted(self) -> None:
        """Payable lines in settlements that show a wrong sex or birth by a slip; the person's record is right."""
        rows = self.take(1 + self.s.scale // 2, (self.c.gend == 2) & ~self.c.stay)
        self.hang(rows, "D501", ())
        self.s.draft.flipped.update(int(x) for x in self.c.vid[rows])
        rows = self.take(1 + self.s.scale // 2, (self.c.age > 40) & ~self.c.stay)
        self.hang(rows, "D506", ())
        self.s.draft.misborn.update(int(x) for x in self.c.vid[rows])

    def coded(self) -> None:
        """Diagnoses and operations of the wrong sex or age on settlement lists of stays."""
        stay, gend, age = self.c.stay, self.c.gend, self.c.age
        wrong = (
            ("R54", stay & (gend == 1), "diagnoses", "N80.100", "子宫内膜异位症"),
            ("R54", stay & (gend == 2), "diagnoses", "N40.x00", "前列腺增生"),
            ("R55", stay & (age > 5), "diagnoses", "P59.900", "新生儿黄疸"),
            ("R39", stay & (gend == 1), "operations", "68.3100", "腹腔镜子宫次全切除术"),
            ("R39", stay & (gend == 2), "operations", "60.2900", "经尿道前列腺切除术"),
            ("R40", stay & ~np.isin(self.c.fam, _GALL), "operations", "51.2300", "腹腔镜下胆囊切除术"),
            ("R37", stay, "diagnoses", "待查", "待查"),
            ("R38", stay, "operations", "手术待查", "手术待查"),
        )
        for rule, mask, kind, code, name in wrong:
            for row in self.take(1 + self.s.scale // 2, mask):
                vid = int(self.c.vid[row])
                getattr(self.s.draft, kind).append({"vid": vid, "code": code, "name": name})
                self.s.draft.note("settlement_marks", scheme=rule, vid=vid)
        for row in self.take(1 + self.s.scale // 2, stay):
            self.s.draft.headless.add(int(self.c.vid[row]))
            self.s.draft.note("settlement_marks", scheme="R35", vid=int(self.c.vid[row]))
        for row in self.take(self.s.scale, stay & (gend == 2) & (age > 20) & (age < 55)):
            self.s.draft.diagnoses.append({"vid": int(self.c.vid[row]), "code": "N80.100", "name": "子宫内膜异位症"})

    def outside_stay(self) -> None:
        """R42: charges before admission or after discharge, dated on other days than the stay's."""
        item = self.s.catalogue["S107"]
        for n, row in enumerate(self.take(2 + self.s.scale, self.c.stay)):
            begin, end = (int(self.v[c][int(row)]) for c in ("begin", "end"))
            when = (begin - 2) * DAY + 9 * 3600 if n % 2 else (end + 2) * DAY + 9 * 3600
            mark = self.s.draft.new_mark(Mark(("R42",)))
            self.s.draft.add_lines(self.c.vid[[row]], item, 2, int(self.s.catalogue.price[item]), when, mark)
            self.s.draft.add_lines(
                self.c.vid[[row]], item, 1, int(self.s.catalogue.price[item]), end * DAY + 12 * 3600 * (n % 2)
            )
