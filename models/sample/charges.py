"""Charges of stays.

A fixed part that follows length, severity and operation, and drugs and materials that fill up the case's cost.
"""

import numpy as np
import polars as pl

from models.sample.catalogue import Catalogue
from models.sample.draft import Draft
from models.sample.groups import COMORBIDITIES, FAMILIES
from models.sample.months import DAY
from models.sample.providers import SECONDARY, TERTIARY, TOWNSHIP, Providers

BASE_COST = 6_600 * 1_000_000  # millionths of a yuan per unit of weight
LEVEL_COST = {TERTIARY: 1.10, SECONDARY: 1.0, TOWNSHIP: 0.84}
ROLE_COST = {"overspend": 1.45, "underspend": 0.60, "thrifty": 0.80}
FILLERS = (("infusion", 5), ("material", 2), ("treat", 2))
#: examinations that nearly every stay of a family has, wherever it is
STANDARD = {"ES2": "S202", "FR4": "S201", "BR2": "S204"}
STANDARD_SHARE = 0.94
SELFPAID, SELFPAID_PART, LEAN_PART = "D401", 0.55, 0.06


class Charges:
    """Writes the fee lines of every stay that has none yet."""

    def __init__(
        self, rng: np.random.Generator, usual: np.random.Generator, catalogue: Catalogue, providers: Providers
    ) -> None:
        self.rng, self.usual, self.c, self.p = rng, usual, catalogue, providers

    def _times(self, n: int, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
        """A moment inside the stay; never after noon of the day of discharge, never before ten on admission."""
        first, last = begin * DAY + 10 * 3600, end * DAY + 8 * 3600
        return first + (self.rng.random(n) * np.maximum(last - first, 1)).astype(np.int64)

    def _put(
        self, d: Draft, v: pl.DataFrame, mask: np.ndarray, item: np.ndarray, cnt: np.ndarray, last: bool = False
    ) -> np.ndarray:
        """One line for each masked stay; returns the charge per stay."""
        cost = np.zeros(v.height, dtype=np.int64)
        hit = np.flatnonzero(mask)
        if len(hit):
            begin, end = v["begin"].to_numpy()[hit], v["end"].to_numpy()[hit]
            at = end * DAY + 7 * 3600 if last else self._times(len(hit), begin, end)
            at = np.minimum(at, v["at"].to_numpy()[hit] - 600)
            item, cnt = np.broadcast_to(item, (v.height,))[hit], np.broadcast_to(cnt, (v.height,))[hit]
            d.add_lines(v["vid"].to_numpy()[hit], item, cnt, self.c.price[item], at)
            cost[hit] = self.c.price[item] * cnt
        return cost

    def fill(self, d: Draft) -> None:
        """Charge every stay of the draft."""
        v = d.visits.frame().filter(pl.col("fam") >= 0)
        if not v.height:
            return
        n = v.height
        fam, tier, billed = (v[c].to_numpy() for c in ("fam", "true_tier", "tier"))
        provider = v["provider"].to_numpy()
        cls, role = self.p.cls[provider], self.p.role[provider]
        shown = np.where(role == "padding", np.minimum(billed, tier), tier)  # the padding upcoder charges what he bills
        days = np.maximum(v["end"].to_numpy() - v["begin"].to_numpy(), 1)
        fixed = self._ward(d, v, cls, shown, days)
        fixed += self._workup(d, v, shown)
        fixed += self._operation(d, v, fam)
        fixed += self._care(d, v, tier)
        fixed += self._standard(d, v, fam)
        weight = np.array([FAMILIES[f].weights[t] for f, t in zip(fam, shown, strict=True)])
        factor = np.array([LEVEL_COST[c] for c in cls]) * np.array([ROLE_COST.get(str(r), 1.0) for r in role])
        target = BASE_COST * weight * factor * self.rng.lognormal(0, 0.2, n)
        rest = np.maximum(target - fixed, 0.08 * target)
        rest = np.where(_among(v, d.lean), LEAN_PART * fixed, rest)
        self._fillers(d, v, rest - self._selfpaid(d, v, rest))

    def _ward(self, d: Draft, v: pl.DataFrame, cls: np.ndarray, tier: np.ndarray, days: np.ndarray) -> np.ndarray:
        bed = np.array([self.c[f"S{10 + c}"] for c in cls])
        grade = np.select([tier == 1, tier == 3], [2, 1], 0)
        nurse = np.array([self.c[f"S{21 + g}"] for g in grade])
        cost = self._put(d, v, np.ones(v.height, bool), bed, days, last=True)
        cost += self._put(d, v, np.ones(v.height, bool), nurse, days, last=True)
        cost += self._put(d, v, np.ones(v.height, bool), np.array(self.c["S31"]), days, last=True)
        cost += self._put(d, v, days > 1, np.array(self.c["S301"]), days - 1)
        icu = (tier == 1) & (self.rng.random(v.height) < 0.45)
        return cost + self._put(d, v, icu, np.array(self.c["S24"]), 1 + days // 6)

    def _workup(self, d: Draft, v: pl.DataFrame, tier: np.ndarray) -> np.ndarray:
        cost = np.zeros(v.height, dtype=np.int64)
        for use, chances in (("lab", (1.0, 0.95, 0.8, 0.5, 0.3)), ("exam", (0.9, 0.55, 0.2))):
            among = self.c.use(use)
            for chance in chances:
                lift = np.where(tier == 1, 0.25, 0.0)
                item = among[self.rng.integers(0, len(among), v.height)]
                cost += self._put(d, v, self.rng.random(v.height) < chance + lift, item, np.array(1))
        return cost

    def _operation(self, d: Draft, v: pl.DataFrame, fam: np.ndarray) -> np.ndarray:
        surgery = np.array([spec.surgery for spec in FAMILIES])[fam]
        has = surgery > 0
        items = np.array([self.c[f"S{400 + max(1, s)}"] for s in surgery])
        cost = self._put(d, v, has, items, np.array(1))
        sleep = self.c.use("anaesthesia")
        cost += self._put(d, v, has, sleep[self.rng.integers(0, 2, v.height)], np.array(1))
        implants = self.c.use("implant")
        joint = np.isin(surgery, (2, 5, 10))
        return cost + self._put(d, v, joint, implants[np.where(surgery == 10, 4, surgery % 3)], np.array(1))

    def _care(self, d: Draft, v: pl.DataFrame, tier: np.ndarray) -> np.ndarray:
        """What real complications cost: the items that treating them would charge."""
        cost = np.zeros(v.height, dtype=np.int64)
        vid = v["vid"].to_numpy()
        for level, digit in (("MCC", 1), ("CC", 3)):
            choices = [c for c in COMORBIDITIES if c[2] == level]
            pick = vid % len(choices)
            for i, (_, _, _, keys) in enumerate(choices):
                for key in keys:
                    mask = (tier == digit) & (pick == i)
                    cost += self._put(d, v, mask, np.array(self.c[key]), 1 + self.rng.integers(0, 3, v.height))
        return cost

    def _standard(self, d: Draft, v: pl.DataFrame, fam: np.ndarray) -> np.ndarray:
        """The examination that the family calls for, once; not in stays that had it charged outside."""
        names = np.array([spec.adrg for spec in FAMILIES])[fam]
        moved = _among(v, d.moved)
        cost = np.zeros(v.height, dtype=np.int64)
        has = self.usual.random(v.height) < STANDARD_SHARE
        begin, last = v["begin"].to_numpy() * DAY + 10 * 3600, v["at"].to_numpy() - 600
        at = np.minimum(begin + self.usual.integers(0, 6 * 3600, v.height), last)
        vid = v["vid"].to_numpy()
        for name, key in STANDARD.items():
            hit, item = (names == name) & has & ~moved, self.c[key]
            d.add_lines(vid[hit], item, 1, self.c.price[item], at[hit])
            cost[hit] = self.c.price[item]
        self._drop(d, dict(zip(vid[moved].tolist(), names[moved].tolist(), strict=True)))
        return cost

    def _drop(self, d: Draft, moved: dict[int, str]) -> None:
        """Take out what chance charged inside a stay whose standard examination was charged outside."""
        if not moved:
            return
        gone = pl.DataFrame({"vid": list(moved), "item": [self.c[STANDARD[name]] for name in moved.values()]})
        d.lines.replace(d.lines.frame().join(gone, on=["vid", "item"], how="anti", maintain_order="left"))

    def _selfpaid(self, d: Draft, v: pl.DataFrame, rest: np.ndarray) -> np.ndarray:
        """What persons pay wholly themselves in the place of drugs of the catalogue."""
        item = self.c[SELFPAID]
        price = int(self.c.price[item])
        cnt = np.where(_among(v, d.selfpaid), np.round(SELFPAID_PART * rest / price), 0).astype(np.int64)
        at = np.minimum((v["begin"].to_numpy() + 1) * DAY + 10 * 3600, v["at"].to_numpy() - 600)
        hit = cnt > 0
        d.add_lines(v["vid"].to_numpy()[hit], item, cnt[hit], price, at[hit])
        return cnt * price

    def _fillers(self, d: Draft, v: pl.DataFrame, rest: np.ndarray) -> None:
        slots = [use for use, k in FILLERS for _ in range(k)]
        share = self.rng.dirichlet([2.0 if use == "infusion" else 0.8 for use in slots], v.height)
        for i, use in enumerate(slots):
            among = self.c.use(use)
            item = among[self.rng.integers(0, len(among), v.height)]
            cnt = np.round(rest * share[:, i] / self.c.price[item]).astype(np.int64)
            self._put(d, v, cnt > 0, item, np.minimum(cnt, 400))


def _among(v: pl.DataFrame, chosen: set[int]) -> np.ndarray:
    return v["vid"].is_in(sorted(chosen)).to_numpy()
