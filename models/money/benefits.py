"""What a fund payer pays of an in-scope amount by the bureau's own parameters, in whole fen."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.config import Benefit

PARTS = 10_000  # a ratio has four decimals


@dataclass(frozen=True)
class Settled:
    """What decides which benefit fits a settlement, and its amounts in fen."""

    insutype: str | None
    med_type: str | None
    hosp_lv: str | None
    day: date
    scope: int
    deductible: int | None


def fen(amount: Decimal) -> int:
    """Whole fen of an amount in yuan with two decimals."""
    return int(amount * 100)


def fitting(benefits: list[Benefit], payer: str, settled: Settled) -> Benefit | None:
    """The first benefit of the payer that fits the settlement; None where there is none."""
    for benefit in benefits:
        listed = (
            (benefit.insutypes, settled.insutype),
            (benefit.med_types, settled.med_type),
            (benefit.hosp_lvs, settled.hosp_lv),
        )
        in_time = (benefit.valid_from or date.min) <= settled.day <= (benefit.valid_to or date.max)
        if benefit.payer == payer and in_time and all(not wanted or found in wanted for wanted, found in listed):
            return benefit
    return None


def pays(benefit: Benefit, scope: int, deductible: int | None, paid_before: int) -> int:
    """Fen paid of `scope` fen in scope: the steps above the deductible, rounded half up, within the caps.

    `paid_before` is what the payer paid for the person in the year so far, for the annual cap.
    """
    base = max(scope - (fen(benefit.deductible) if deductible is None else deductible), 0)
    steps = sorted((fen(step.above), int(step.ratio * PARTS)) for step in benefit.steps)
    ends = [above for above, _ in steps[1:]] + [max(base, 0)]
    total = sum(
        ratio * max(min(base, max(end, above)) - above, 0) for (above, ratio), end in zip(steps, ends, strict=True)
    )
    amount = (2 * total + PARTS) // (2 * PARTS)
    if benefit.cap is not None:
        amount = min(amount, fen(benefit.cap))
    if benefit.annual_cap is not None:
        amount = min(amount, max(fen(benefit.annual_cap) - paid_before, 0))
    return amount
