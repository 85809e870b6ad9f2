"""Cases whose record is worth pulling: how probably a cheaper level fits, which one, and what the difference pays."""

import json

import numpy as np
import polars as pl

from models.contracts.cases import UPCODING, case_ids
from models.engine.duck import Engine
from models.engine.frames import put
from models.scores.coding.cases import FAMILY
from models.scores.coding.misfit import Misfit
from models.scores.coding.resources import LEVELS

#: of the dear cases of any provider at least this share is thought to belong lower: nobody codes without error
LEAST_PRIOR = 0.01
MOST_PRIOR = 0.9
#: never shown as certain
HIGHEST = 0.95


def provider_prior(cases: pl.DataFrame, judged: pl.DataFrame) -> np.ndarray:
    """By case: the share of its provider's dear cases that is thought to belong lower (`upcoded` of `judge`,
    shrunk).
    """
    found = cases.select("fixmedins_code").join(
        judged.select("fixmedins_code", "upcoded"), on="fixmedins_code", how="left", maintain_order="left"
    )
    return found["upcoded"].fill_null(LEAST_PRIOR).clip(LEAST_PRIOR, MOST_PRIOR).to_numpy()


def doubt(prior: np.ndarray, chance: np.ndarray, recorded: np.ndarray | float = 0.0) -> np.ndarray:
    """Bayes: odds = prior × likelihood of the resources at cheaper levels against the billed × that of what is
    recorded.
    """
    resources = np.where(np.isnan(chance), 0.5, chance)
    odds = np.log(prior / (1 - prior)) + np.log(resources / (1 - resources)) + recorded
    return np.asarray(1 / (1 + np.exp(-odds)))


def doubtful_cases(
    engine: Engine,
    cases: pl.DataFrame,
    fit: Misfit,
    prior: np.ndarray,
    recorded: np.ndarray,
    judged: pl.DataFrame,
) -> pl.DataFrame:
    """Every case with a cheaper level that may fit, how probably, and what the difference pays: see `listed`.

    `prior` by `provider_prior`, `recorded` by `fragile_ratio`; only cases of providers that were judged, for the doubt
    rests on what is known of them. The supported level is the likeliest cheaper one; where a tariff weighs a lower
    level no less than the billed one, as groups of few cases may, that level is no lead.
    Payment difference by `scores/tier_price`, decimal yuan, at most what was paid; null where no price is known.
    """
    level = cases["level"].to_numpy()
    known = ~np.isnan(fit.chance)
    rows = cases.select(
        "setl_id", "fixmedins_code", *FAMILY, "grp_code", "level",
        probability=pl.Series(np.clip(doubt(prior, fit.chance, recorded), 0, HIGHEST).round(4)),
        like_cheaper=pl.Series(fit.chance.round(4)), without_treatment=pl.Series(recorded > 0),
        provider_share=pl.Series(prior.round(4)), supported=pl.Series(_likeliest_cheaper(fit, _cheaper(cases, level))),
    )  # fmt: skip
    rows = rows.filter(pl.Series(known & (level > 0))).filter(pl.col("supported") >= 0)
    rows = rows.join(judged.select("fixmedins_code"), on="fixmedins_code", how="semi", maintain_order="left")
    rows = rows.join(_groups(cases), on=[*FAMILY, "supported"], how="inner").sort("setl_id")
    put(engine, "score.tier_lead", rows.select("setl_id", "supported_grp_code"))
    return rows.join(engine.query("scores/tier_price"), on="setl_id", how="left")


def _cheaper(cases: pl.DataFrame, level: np.ndarray) -> np.ndarray:
    """By case and level: whether the level stands below the billed one and is not known to weigh as much."""
    weighs = _groups(cases).join(cases.select(*FAMILY, supported_grp_code="grp_code", weighs="mean_wt").unique(),
                                 on=[*FAMILY, "supported_grp_code"])  # fmt: skip
    below = [level > one for one in range(LEVELS)]
    for one in range(LEVELS):
        lower = weighs.filter(pl.col("supported") == one).select(*FAMILY, "weighs")
        both = cases.select(*FAMILY, "mean_wt").join(lower, on=FAMILY, how="left", maintain_order="left")
        below[one] &= (both["weighs"] < both["mean_wt"]).fill_null(True).to_numpy()
    return np.stack(below, axis=1)


def _likeliest_cheaper(fit: Misfit, cheaper: np.ndarray) -> np.ndarray:
    """The cheaper level that resources and its frequency at peers make likeliest; −1 where there is none."""
    weight = np.where(cheaper, np.log(np.maximum(fit.mix, 1e-6)) + fit.likelihood, -np.inf)
    weight = np.where(np.isnan(weight), -np.inf, weight)
    return np.where(np.isinf(weight).all(1), -1, weight.argmax(1))


def _groups(cases: pl.DataFrame) -> pl.DataFrame:
    """The group that stands for a level: the commonest in the area (a DRG level has one, a DIP level may have
    several).
    """
    counted = cases.group_by([*FAMILY, "level", "grp_code"]).agg(times=pl.len())
    best = counted.sort(*FAMILY, "level", "times", "grp_code", descending=[*[False] * 4, True, False])
    return best.unique([*FAMILY, "level"], keep="first", maintain_order=True).select(
        *FAMILY, supported="level", supported_grp_code="grp_code"
    )


def listed(ways: list[pl.DataFrame], least: float, most: int) -> pl.DataFrame:
    """Rows of `upcoding_case` of `doubtful_cases` (a case once, by the way that puts more at stake): those above the
    probability `least`, and the `most` worth most.

    By what is probably at stake; where prices are not known, after those that are, by what the weights differ.
    """
    worth = pl.col("probability") * pl.col("payment_difference").cast(pl.Float64)
    weighs = pl.col("probability") * pl.col("wt_difference").cast(pl.Float64)
    rows = pl.concat(ways).with_columns(worth=worth.round(4), weighs=weighs.round(6)).sort(
        "worth", "weighs", "setl_id", descending=[True, True, False], nulls_last=True, maintain_order=True
    ).unique("setl_id", keep="first", maintain_order=True)  # fmt: skip
    place = pl.int_range(pl.len())
    dearer = (pl.coalesce("worth", "weighs") > 0).fill_null(True) & (pl.col("wt_difference") > 0).fill_null(True)
    kept = rows.filter(((pl.col("probability") >= least) | (place < most)) & dearer)
    reasons = pl.Series("reasons", [_reasons(row) for row in kept.iter_rows(named=True)], dtype=pl.String)
    numbers = case_ids(UPCODING, kept["setl_id"])
    return kept.with_columns(pl.col("wt_difference").cast(pl.Float64).round(4), reasons, numbers).select(
        "setl_id", "fixmedins_code", "grp_code", "supported_grp_code", "probability", "wt_difference",
        "payment_difference", "reasons", "candidate_id",
    ).sort("payment_difference", "setl_id", descending=[True, False], nulls_last=True)  # fmt: skip


def _degree(share: float) -> str:
    """A share as whole percent; what rounds to all of it is not all of it."""
    return " 99% 以上" if share >= 0.995 else f" {share:.0%}"


def _reasons(row: dict[str, object]) -> str:
    """Why the case is worth a look, the weightiest first."""
    like, share = float(str(row["like_cheaper"])), float(str(row["provider_share"]))
    facts = []
    if like > 0.5:
        text = f"费用构成、住院天数等资源消耗更像 {row['supported_grp_code']}（相符程度{_degree(like)}），请核对病历"
        facts.append((like, "resources_like_cheaper_group", text))
    if row["without_treatment"]:
        facts.append((0.9, "single_code_without_treatment", "层级仅由一个次要诊断支撑，且未见相应治疗收费"))
    if share > 0.05:
        text = f"该机构高层级病例中估计有 {share:.0%} 资源消耗与所报层级不符"
        facts.append((min(share, 0.49), "provider_above_peers", text))
    if not facts:
        facts.append((0.0, "difference_of_payment", "两组支付标准（或权重）相差较大，按概率与金额排序列入"))
    ordered = sorted(facts, key=lambda fact: (-fact[0], fact[1]))
    return json.dumps([{"reason": name, "text": text} for _, name, text in ordered], ensure_ascii=False)
