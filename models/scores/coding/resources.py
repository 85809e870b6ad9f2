"""How likely each level of a family is from resources alone: one model over all families, cross-fitted by provider."""

import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from models.scores.coding.cases import FAMILY, codes_of
from models.scores.coding.profile import Profiles

LEVELS = 3
FOLDS = 5
#: cases a fold learns from; more would not move thirty coefficients
MOST_CASES = 20_000
SEED = 20250101
#: log likelihood ratios are held within e^±6: no profile is proof
_HELD = 6.0


def level_likelihood(cases: pl.DataFrame, profiles: Profiles) -> np.ndarray | None:
    """Log likelihood of each level given the profile (cases × 3, up to a constant by case); NaN outside tiered
    families.

    A multinomial logistic regression on the profile and on the profile times the family's step of weight; priors are
    taken out, so that what peers bill often does not vouch for a level. Cross-fitted: a provider's cases are judged
    by a model that has never seen them. DRG levels (complications) and DIP levels (procedures) have a model each.
    None where nothing can be learned: fewer than two providers, or one level only.
    """
    provider = codes_of(cases, ["fixmedins_code"])
    step = _weight_step(cases)
    found = np.full((len(cases), LEVELS), np.nan)
    for kind in ("DRG", "DIP"):
        places = np.flatnonzero(((cases["levels"] > 1) & (cases["grp_type"] == kind)).to_numpy())
        # operations are part of what makes a DIP variant: they must not vouch for it
        used = [i for i, name in enumerate(profiles.names) if kind == "DRG" or name != "operations"]
        x = _design(profiles.values[places][:, used], step[places])
        # one thread: the same bits whatever the machine, and small products are faster without company
        with threadpool_limits(limits=1):
            found[places] = _cross_fitted(x, cases["level"].to_numpy()[places], provider[places])
    return None if np.isnan(found).all() else np.round(found, 6)


def _cross_fitted(x: np.ndarray, level: np.ndarray, provider: np.ndarray) -> np.ndarray:
    found = np.full((len(x), LEVELS), np.nan)
    folds = min(FOLDS, len(np.unique(provider)))
    if folds < 2:
        return found
    for learn, judge in GroupKFold(folds).split(x, groups=provider):
        some = _sample(learn)
        seen = level[some]
        if len(np.unique(seen)) < 2:
            continue
        model = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-6, max_iter=50).fit(x[some], seen)
        prior = np.array([(seen == one).mean() for one in model.classes_])
        chance = np.log(np.maximum(model.predict_proba(x[judge]), 1e-12)) - np.log(prior)
        for column, one in enumerate(model.classes_):
            found[judge, int(one)] = chance[:, column]
    return found


def _sample(learn: np.ndarray) -> np.ndarray:
    if len(learn) <= MOST_CASES:
        return learn
    return np.sort(np.random.default_rng(SEED).choice(learn, MOST_CASES, replace=False))


def _weight_step(cases: pl.DataFrame) -> np.ndarray:
    """Log weight of the next level over the cheapest, by family, centred; 0 where weights are not known."""
    weights = cases.group_by([*FAMILY, "level"]).agg(wt=pl.col("mean_wt").max()).sort(*FAMILY, "level")
    low = weights.filter(pl.col("level") == 0).select(*FAMILY, low="wt")
    step = (
        weights.filter(pl.col("level") == 1)
        .join(low, on=FAMILY)
        .select(*FAMILY, step=(pl.col("wt") / pl.col("low")).log())
    )
    rows = cases.select(FAMILY).join(step, on=FAMILY, how="left", maintain_order="left")
    values = rows["step"].fill_nan(None).clip(-0.5, 1.5)
    middle = values.drop_nulls().median()
    centred = (values - (middle if isinstance(middle, float) else 0.0)).fill_null(0.0)
    return centred.to_numpy()


def _design(values: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Profile, and the profile times the step: where levels are far apart, so are their resources."""
    return np.hstack([values, values * step[:, None]])


def cheaper_chance(likelihood: np.ndarray, level: np.ndarray, mix: np.ndarray) -> np.ndarray:
    """Chance that the case belongs to a cheaper level and not to `level`, from resources alone (even odds before).

    `mix` (cases × 3) says how common levels are in the family at peers: it weighs the cheaper ones among each other.
    NaN for the cheapest level and where nothing is known.
    """
    rank = np.arange(LEVELS)
    below = np.where((rank < level[:, None]) & ~np.isnan(likelihood), np.maximum(mix, 1e-6), 0.0)
    total = below.sum(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        here = likelihood[np.arange(len(level)), np.maximum(level, 0)]
        ratio = np.log((below / total[:, None] * np.exp(np.nan_to_num(likelihood))).sum(1)) - here
        ratio = np.where((level > 0) & (total > 0), np.clip(ratio, -_HELD, _HELD), np.nan)
    return np.asarray(1 / (1 + np.exp(-ratio)))
