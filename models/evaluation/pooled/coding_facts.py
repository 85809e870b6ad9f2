"""What the upcoding lists found in one world, beside the truth and the naive rankings."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from models.evaluation.measures import over
from models.evaluation.pooled.worlds import Facts, Scored
from models.sample.hospitals import DIP_UPCODERS, LOOK_ALIKES, UPCODERS

REVIEWED = 0.05  # share of cases that can be reviewed


def coding_facts(facts: Facts, world: int, found: Scored, q_limit: float) -> None:
    """Add the measures of upcoding of a planted world."""
    roles = dict(found.truth.providers.select("fixmedins_code", "role").rows())
    score: Mapping[str, float | None] = dict(found.provider.select("fixmedins_code", "score").rows())
    q = dict(found.provider.select("fixmedins_code", "q_value").rows())
    planted = {code for code, role in roles.items() if role in UPCODERS}
    flagged = {code for code, value in q.items() if value is not None and value <= q_limit}
    for name, ranking in (("", score), ("|tier", found.tier_share), ("|paid", found.paid)):
        _ranking(facts, world, name, over(sorted(roles), ranking), planted)
    overt = {code for code in planted if roles[code] not in ("upcoder_padding", *DIP_UPCODERS)}
    others = sorted(set(roles) - planted | overt)
    won, pairs = _wins(over(others, score), overt)
    facts.add("auc_overt", world, won, pairs)
    for role in LOOK_ALIKES:
        some = [code for code, one in roles.items() if one == role]
        facts.add(f"innocent_{role}", world, len(flagged & set(some)), len(some))
    padded = {code for code, role in roles.items() if role == "upcoder_padding"}
    facts.add("padding", world, len(padded & flagged), len(padded))
    facts.add("upcoder_flagged", world, len(planted & flagged), len(planted))
    facts.add("fdp_upcoding", world, len(flagged - planted) / max(len(flagged), 1), 1)
    _lifts(facts, world, found)
    _roles(facts, roles, over(sorted(roles), score), flagged, planted)


def _wins(score: Mapping[str, float], planted: set[str]) -> tuple[float, int]:
    """Pairs (planted, other) that stand in the right order (ties half), and all pairs."""
    inside = np.array([s for code, s in score.items() if code in planted])
    outside = np.array([s for code, s in score.items() if code not in planted])
    above = (inside[:, None] > outside[None, :]) + 0.5 * (inside[:, None] == outside[None, :])
    return float(above.sum()), above.size


def _top(score: Mapping[str, float], places: int) -> set[str]:
    return set(sorted(score, key=lambda code: (-score[code], code))[:places])


def _ranking(facts: Facts, world: int, name: str, score: Mapping[str, float], planted: set[str]) -> None:
    won, pairs = _wins(score, planted)
    facts.add(f"auc{name}", world, won, pairs)
    facts.add(f"top_2n{name}", world, len(planted & _top(score, 2 * len(planted))), len(planted))


def _roles(
    facts: Facts, roles: dict[str, str], score: Mapping[str, float], flagged: set[str], planted: set[str]
) -> None:
    order = {code: place for place, code in enumerate(sorted(score, key=lambda code: score[code]))}
    best = _top(score, 2 * len(planted))
    for role in sorted(set(roles.values())):
        some = [code for code, one in roles.items() if one == role]
        place = float(np.mean([order[code] for code in some])) / max(len(order) - 1, 1)
        facts.roles.append((role, len(some), place * len(some), len(best & set(some)), len(flagged & set(some)), 0.0))


def _lifts(facts: Facts, world: int, found: Scored) -> None:
    """Upcoded money in the reviewed 5% of the window's cases, by how they are chosen. Places left empty stay empty."""
    wrong = found.truth.cases.filter(pl.col("scheme") == "upcoding").select("setl_id", "overpaid")
    cases = found.stays.join(wrong, on="setl_id", how="left").with_columns(pl.col("overpaid").fill_null(0.0))
    places, total = int(REVIEWED * cases.height), float(cases["overpaid"].sum())
    listed = found.case.select("setl_id", "probability", "payment_difference")
    listed = cases.join(listed, on="setl_id").with_columns(
        expected=pl.col("probability") * pl.col("payment_difference")
    )
    tier = pl.col("fixmedins_code").replace_strict(found.tier_share, default=0.0, return_dtype=pl.Float64)
    top = pl.col("grp_code").str.slice(3, 1).is_in(["1", "3"]) & (pl.col("grp_code").str.len_chars() == 4)
    by_tier = cases.with_columns(share=pl.when(top).then(tier).otherwise(-1.0))
    for name, frame, column in (
        ("lift", listed, "expected"),
        ("lift_probability", listed, "probability"),
        ("lift|tier", by_tier, "share"),
        ("lift|paid", cases, "paid"),
    ):
        # equal places are taken in an order that says nothing about the case
        chosen = frame.with_columns(tie=pl.col("setl_id").hash(seed=1)).sort(
            pl.col(column).fill_null(-1), "tie", descending=[True, False]
        )
        facts.add(name, world, float(chosen.head(places)["overpaid"].sum()) / REVIEWED, total)
    facts.add("listed_cases", world, listed.height, cases.height)
