"""The ways in which a case can be billed too dear, each judged alone; a provider stands where it stands out more.

DRG: a dearer level of one family, or a dearer main diagnosis of one MDC and severity. DIP: a dearer treatment of one
diagnosis, or a dearer diagnosis of one treatment (its weights have both parts, and either can be raised alone).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from models.config import Params
from models.engine.duck import Engine
from models.scores.coding.cases import CLASS, FAMILY, by_diagnosis, by_treatment
from models.scores.coding.fragile import fragile, fragile_ratio
from models.scores.coding.joint import corrected, judge
from models.scores.coding.leads import doubt, doubtful_cases, provider_prior
from models.scores.coding.misfit import Misfit, misfit
from models.scores.coding.money import at_stake
from models.scores.coding.profile import resource_profiles
from models.scores.coding.resources import level_likelihood
from models.scores.coding.share import expected_levels, share_effect


@dataclass(frozen=True)
class Way:
    """Cases in families of one kind, their strata, the providers judged (with what is at stake), doubtful cases."""

    cases: pl.DataFrame
    strata: pl.DataFrame
    judged: pl.DataFrame
    leads: pl.DataFrame | None


def judged_ways(engine: Engine, cases: pl.DataFrame, priced: pl.DataFrame, params: Params) -> list[Way]:
    """Every way in which the cases (`tiered_cases`) can be judged; none where no family has levels and peers.

    `priced`: standards of `scores/tier_threshold`.
    """
    placed = {"": by_treatment(cases), "diagnosis": by_diagnosis(cases)}
    found = [_judged(engine, kind, rows, priced, params) for kind, rows in placed.items() if (rows["levels"] > 1).any()]
    return [one for one in found if one is not None]


def stronger(ways: list[Way]) -> pl.DataFrame:
    """One row a provider, of the way that says more; q values are corrected over the tests of all ways together.

    A provider paid by DRG and DIP stays with the kind in which it has more cases.
    """
    if len(ways) == 1:
        return ways[0].judged
    rows = pl.concat([one.judged.with_columns(way=pl.lit(place)) for place, one in enumerate(ways)])
    larger = rows.sort("way").unique("fixmedins_code", keep="first").select("fixmedins_code", "grp_type")
    rows = corrected(rows.join(larger, on=["fixmedins_code", "grp_type"], how="semi", maintain_order="left"))
    first = ["fixmedins_code", "q_value", "p", "score", "way"]
    rows = rows.sort(first, descending=[False, False, False, True, False], nulls_last=True)
    return rows.unique("fixmedins_code", keep="first", maintain_order=True).drop("way")


def _judged(engine: Engine, kind: str, cases: pl.DataFrame, priced: pl.DataFrame, params: Params) -> Way | None:
    strata = expected_levels(cases, params.peer_min_providers, params.peer_min_cases)
    if strata.is_empty():
        return None
    fit = _fit(cases)
    marks = fragile(engine, cases, _dear_at_peers(cases, fit), params.peer_min_providers)
    apart = fit.providers if fit else None
    judged = judge(share_effect(strata), apart, marks.providers, params.peer_min_providers, params.peer_min_cases)
    leads = None
    if fit:
        prior = provider_prior(cases, judged)
        leads = doubtful_cases(engine, cases, fit, prior, fragile_ratio(marks.state, doubt(prior, fit.chance)), judged)
    money = at_stake(_with_standard(cases, priced), strata)
    plain = pl.when(pl.col("grp_type") == "DRG").then(pl.lit("tier")).otherwise(pl.lit("treatment"))
    kinds = pl.lit(kind) if kind else plain
    return Way(cases, strata, judged.join(money, on=[*CLASS, "fixmedins_code"], how="left", maintain_order="left")
               .with_columns(family_kind=kinds), leads)  # fmt: skip


def _fit(cases: pl.DataFrame) -> Misfit | None:
    profiles = resource_profiles(cases)
    likelihood = level_likelihood(cases, profiles)
    return None if likelihood is None else misfit(cases, profiles, likelihood)


def _dear_at_peers(cases: pl.DataFrame, fit: Misfit | None) -> np.ndarray:
    if fit is not None:
        return np.asarray(1 - fit.mix[:, 0])
    return cases.select((pl.col("level") > 0).mean().over(FAMILY)).to_series().to_numpy()


def _with_standard(cases: pl.DataFrame, priced: pl.DataFrame) -> pl.DataFrame:
    """Cases whose standard was not delivered take the plain one of the fund's parameters."""
    rows = cases.join(priced.select("setl_id", "standard"), on="setl_id", how="left", maintain_order="left")
    return rows.with_columns(pay_std=pl.coalesce("pay_std", "standard"))
