"""What a world of hospitals is asked to be, and the truth it leaves behind."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from models.periods import month_start, parse_quarter

#: under DIP a dearer treatment is billed, or a dearer main diagnosis of the same category
DIP_UPCODERS = ("upcoder_dip", "upcoder_diagnosis")
#: providers whose coding is planted; `upcoder_padding` also charges for what it bills
UPCODERS = (
    "upcoder_uniform", "upcoder_family", "upcoder_onset", "upcoder_code", "upcoder_padding", *DIP_UPCODERS,
)  # fmt: skip
#: honest providers that a naive look confuses with an upcoder
LOOK_ALIKES = ("severe", "thrifty", "mid_honest", "new", "took_over")
SPENDERS = {"overspend": "over", "underspend": "under", "overspend_mild": "over", "underspend_mild": "under"}


@dataclass(frozen=True)
class HospitalSpec:
    """A world of `hospitals` with about `stays` inpatient stays over `months` months up to the end of `period`.

    planted: schemes and look-alikes beside honest hospitals; else honest heterogeneity and shared shocks only.
    dip_share: hospitals paid by DIP, the others by DRG. chronic: outpatient settlements of chronic diseases.
    knowledge: whether the bureau has entered knowledge points on secondary diagnoses (kp_cc, kp_expect).
    spread: multiplies how far honest hospitals differ (1: costs on the same groups by about a tenth).
    Hospitals below about 60 leave classes with fewer peers than can be assessed.
    """

    seed: int
    hospitals: int = 80
    stays: int = 80_000
    months: int = 24
    planted: bool = True
    period: str = "2025Q2"
    dip_share: float = 0.3
    chronic: int = 40_000
    knowledge: bool = False
    spread: float = 1.0

    @property
    def until(self) -> date:
        """First day after the world."""
        return parse_quarter(self.period).end

    @property
    def start(self) -> date:
        return month_start(self.until, -self.months)

    @property
    def window(self) -> int:
        """First month (counted from 0) of the last twelve."""
        return max(self.months - 12, 0)


@dataclass(frozen=True)
class HospitalTruth:
    """What was planted.

    providers: fixmedins_code, role, peer_class, method (DRG/DIP), window_cases, cost_ratio (expected cost on its billed
    groups against the mean of the honest hospitals of its class, itself left out), cost_ratio_typical (the same against
    a hospital without any effect of its own), upcoded_share (of the window's cases).
    cases: every stay: setl_id, fixmedins_code, month, grp_code, true_grp_code, overpaid (yuan, difference of the two
    payment standards, at most the billed one less the patient's share), scheme ('upcoding', 'error', null).
    units: fixmedins_code, level, unit_code, role, factor (cost against the hospital's other units).
    """

    providers: pl.DataFrame
    cases: pl.DataFrame
    units: pl.DataFrame
