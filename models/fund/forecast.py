"""Monthly spending to the end of the year, with an interval: what the length of a series allows, and no more.

From 24 months: a structural model (Harvey 1989; statsmodels `UnobservedComponents`) of a level that may wander, a
drift and twelve fixed seasonal effects. From 15: last year's same months times the growth of the months both years
have. From 12: the mean of a year, with an interval as if all months ahead erred together. Below 12: none.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from models import apart

YEAR = 12
STATES = 13  # level, drift and eleven seasonal effects: what a structural model takes from the degrees of freedom
LEAST_OVERLAP = 3  # months that both years must have before growth is believed
LEVEL = 0.90
Series = Sequence[float]


@dataclass(frozen=True)
class Forecast:
    """Yuan of each month ahead and of their sum, each (middle, low, high) of a two-sided 90% prediction interval."""

    method: str
    months: tuple[tuple[float, float, float], ...]
    total: tuple[float, float, float]


def forecasts(works: Sequence[tuple[Series, int, bool]]) -> list[Forecast | None]:
    """A forecast for each (monthly yuan, months ahead, whether a structural model may be fitted); None below a year.

    Structural models are fitted in the process apart where that was begun: statsmodels takes two seconds to import.
    """
    if any(structural and ahead and len(series) >= 2 * YEAR for series, ahead, structural in works):
        return apart.submit(_all, list(works)).result()
    return _all(works)


def _all(works: Sequence[tuple[Series, int, bool]]) -> list[Forecast | None]:
    return [forecast(*work) for work in works]


def forecast(series: Series, ahead: int, structural: bool = True) -> Forecast | None:
    """The forecast of one series of months without a gap; None below twelve months or where nothing was spent."""
    values = np.asarray(series, dtype=float)
    if len(values) < YEAR or ahead < 1 or values.mean() <= 0:
        return None
    scale = float(values.mean())
    if structural and len(values) >= 2 * YEAR:
        return _scaled("structural", *_structural(values / scale, ahead), scale)
    if len(values) >= YEAR + LEAST_OVERLAP and values[: len(values) - YEAR].sum() > 0:
        return _scaled("last_year", *_last_year(values / scale, ahead), scale)
    return _scaled("mean", *_mean(values / scale, ahead), scale)


def _scaled(method: str, middle: np.ndarray, width: np.ndarray, sum_width: float, scale: float) -> Forecast:
    """`width`: half widths of the months' intervals, `sum_width` that of their sum. Nothing is spent below nought."""

    def interval(at: float, half: float) -> tuple[float, float, float]:
        return max(at, 0.0) * scale, max(at - half, 0.0) * scale, max(at + half, 0.0) * scale

    months = tuple(interval(float(at), float(half)) for at, half in zip(middle, width, strict=True))
    return Forecast(method, months, interval(float(middle.sum()), sum_width))


def _quantile(degrees: int) -> float:
    return float(stdtrit(max(degrees, 1), (1 + LEVEL) / 2))


def _mean(values: np.ndarray, ahead: int) -> tuple[np.ndarray, np.ndarray, float]:
    """A year's mean holds no season, its months' spread does, and drift adds up: so errors are taken as one."""
    year = values[-YEAR:]
    half = _quantile(YEAR - 1) * float(year.std(ddof=1)) * np.sqrt(1 + 1 / YEAR)
    return np.full(ahead, year.mean()), np.full(ahead, half), half * ahead


def _last_year(values: np.ndarray, ahead: int) -> tuple[np.ndarray, np.ndarray, float]:
    """The same months of last year times growth g; var(y - g x) = s² (1 + g²) where both have noise s²."""
    overlap = min(len(values) - YEAR, YEAR)
    now, before = values[-overlap:], values[-overlap - YEAR : len(values) - YEAR]
    growth = now.sum() / before.sum()
    noise = float(((now - growth * before) ** 2).sum()) / (overlap - 1)  # of a month ahead: s² (1 + g²)
    base = values[len(values) - YEAR : len(values) - YEAR + ahead]
    weight = overlap * noise / before.sum() ** 2  # variance of g
    quantile = _quantile(overlap - 1)
    width = quantile * np.sqrt(noise + base**2 * weight)
    return growth * base, width, quantile * float(np.sqrt(ahead * noise + base.sum() ** 2 * weight))


def _structural(values: np.ndarray, ahead: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Student's t with the degrees that the fixed effects leave, since both variances are estimated."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents  # takes two seconds to import

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a variance at nought is the usual answer, and does not count as converged
        model = UnobservedComponents(values, level="lldtrend", seasonal=YEAR, stochastic_seasonal=False)
        found = model.fit(disp=0, maxiter=200).filter_results
    step, design = found.transition[:, :, -1], found.design[:, :, -1]
    shock = found.selection[:, :, -1] @ found.state_cov[:, :, -1] @ found.selection[:, :, -1].T
    noise = float(found.obs_cov[0, 0, -1])
    state, doubt = found.predicted_state[:, -1], found.predicted_state_cov[:, :, -1]
    weights = [design]  # what a state tells of the month so many steps on
    for _ in range(ahead - 1):
        weights.append(weights[-1] @ step)
    shocked = np.cumsum([(w @ shock @ w.T)[0, 0] for w in weights])
    single = np.array([(w @ doubt @ w.T)[0, 0] for w in weights]) + np.r_[0.0, shocked[:-1]] + noise
    sums = np.cumsum(weights, axis=0)
    whole = sums[-1]
    together = (whole @ doubt @ whole.T)[0, 0] + sum((w @ shock @ w.T)[0, 0] for w in sums[:-1]) + ahead * noise
    quantile = _quantile(len(values) - STATES)
    middle = np.array([(w @ state)[0] for w in weights])
    return middle, quantile * np.sqrt(np.maximum(single, 0.0)), quantile * float(np.sqrt(max(together, 0.0)))
