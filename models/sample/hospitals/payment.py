"""What the fund's method prices a case at and what it paid: weight × rate × coefficient, low and high cost rules."""

from dataclasses import dataclass

import numpy as np

from models.sample.hospitals.cases import Cases, Seasons
from models.sample.hospitals.catalogue import Catalogue, Floats, Ints
from models.sample.hospitals.diagnoses import weight_factor
from models.sample.hospitals.roster import DIP, Roster

INSURANCES = ("310", "390")
RATE = (1.04, 0.97)  # of the mean cost of a case, by insurance
COEF = (1.16, 1.0, 0.86)  # by class
LOW_MULT, HIGH_MULT = 0.4, 2.5
DEDUCTIBLE = (800, 500, 200)
SHARE = ((0.86, 0.70), (0.89, 0.78), (0.93, 0.88))  # fund's share by class and insurance


@dataclass(frozen=True)
class Payment:
    """Yuan, rounded to the fen; `rate` is the price of one unit of weight by insurance."""

    rate: Floats
    pay_std: Floats
    true_std: Floats
    person: Floats
    fund: Floats
    paid: Floats


def rates(typical: float) -> Floats:
    """Price of one unit of weight for each insurance when a case of weight one costs `typical`."""
    return np.asarray(np.round(np.array(RATE, dtype=np.float64) * typical, 2))


def weight(
    cases: Cases, level: Ints, diagnosis: Ints, roster: Roster, catalogue: Catalogue, seasons: Seasons
) -> Floats:
    """Weight of the group at `level`, four decimals; under DIP with that main diagnosis of the family."""
    method, version = roster.method[cases.hospital], seasons.version[cases.month]
    factor = np.where(method == DIP, weight_factor(catalogue, cases.family, diagnosis), 1.0)
    return np.asarray(np.round(catalogue.weight[method, version, cases.family, level] * factor, 4))


def standard(wt: Floats, rate: Floats, coef: Floats, cost: Floats) -> Floats:
    """Payment standard of a case."""
    plain = wt * rate * coef
    high = plain + cost - HIGH_MULT * plain
    return np.asarray(
        np.round(np.where(cost < LOW_MULT * plain, cost, np.where(cost > HIGH_MULT * plain, high, plain)), 2)
    )


def pay(
    cases: Cases, insurance: Ints, cost: Floats, price: Floats, roster: Roster, catalogue: Catalogue, seasons: Seasons
) -> Payment:
    """Price and pay every case; `cost` in yuan, `price` = rate by insurance."""
    cls = roster.cls[cases.hospital]
    coef, rate = np.array(COEF)[cls], price[insurance]
    billed = standard(weight(cases, cases.billed, cases.coded, roster, catalogue, seasons), rate, coef, cost)
    true = standard(weight(cases, cases.true, cases.diagnosis, roster, catalogue, seasons), rate, coef, cost)
    scope = np.round(0.94 * cost, 2)
    deductible = np.minimum(np.array(DEDUCTIBLE)[cls], scope)
    fund = np.round((scope - deductible) * np.array(SHARE)[cls, insurance], 2)
    person = np.round(cost - fund, 2)
    return Payment(price, billed, true, person, fund, np.minimum(fund, np.maximum(billed - person, 0)))
