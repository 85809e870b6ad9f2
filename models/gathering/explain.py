"""Innocent explanations of a group, with the figures they rest on. Explained groups stay listed, after the others."""

import json
from dataclasses import dataclass

import numpy as np
import polars as pl

SCHEDULE_SHARE, HOUSEHOLD_SHARE, SCREENING_SHARE, CHRONIC_SHARE = 0.6, 0.6, 0.5, 0.8
ONE_OFF_DAYS = 28
FAMILY_SIZE, MINOR, GENERATION, ADULTS = 8, 18, 16, 5


@dataclass(frozen=True)
class Explained:
    """`explanation` is None or one of the list's codes; `evidence` holds every share that was looked at (JSON)."""

    explanation: str | None
    evidence: str
    reason: str


def explain(
    people: pl.DataFrame,
    joint: pl.DataFrame,
    span: int,
    scheduled: float,
    rhythm: tuple[int, int, int] | None,
    elsewhere: int = 0,
) -> Explained:
    """Explain one group.

    `people` = rows of its members (household_no, age); `joint` = its joint visits (chronic, screening 0/1); `span` =
    days from the first to the last joint date; `scheduled` = share of members with a fixed rhythm of their own at the
    same unit; `rhythm` = that of the joint dates themselves (evidence alone: a gang may keep one);
    `elsewhere` = days on which most of them were together at another provider. The first that holds is the
    explanation: schedule, household, screening, chronic, one_off.
    """
    home, inferred = household_share(people, elsewhere)
    visits = max(joint.height, 1)
    chronic, screening = int(joint["chronic"].sum()) / visits, int(joint["screening"].sum()) / visits
    holds = {
        "schedule": scheduled >= SCHEDULE_SHARE,
        "household": home >= HOUSEHOLD_SHARE,
        "screening": screening >= SCREENING_SHARE,
        "chronic": chronic >= CHRONIC_SHARE,
        "one_off": span < ONE_OFF_DAYS,
    }
    evidence: dict[str, object] = {
        "schedule_share": round(scheduled, 4), "household_share": round(home, 4), "household_inferred": inferred,
        "screening_share": round(screening, 4), "chronic_share": round(chronic, 4), "span_days": span,
    }  # fmt: skip
    if rhythm is not None:
        evidence |= {"period_days": rhythm[0], "phase": rhythm[1]}
    name = next((name for name, true in holds.items() if true), None)
    evidence["also"] = [other for other, true in holds.items() if true and other != name]
    return Explained(name, json.dumps(evidence, ensure_ascii=False, sort_keys=True), _reason(name, evidence))


def household_share(people: pl.DataFrame, elsewhere: int = 0) -> tuple[float, bool]:
    """How much of the group is household: (members − households) / (members − 1); and whether that was inferred.

    Registered where half of the members or more have a household_no (an unregistered one is a household by itself).
    Else at most 8 people whose ages are those of a family count as one household: two generations, and either a child
    with no more than 5 others, or days together at another provider too.
    """
    numbers = people["household_no"]
    members = people.height
    if numbers.drop_nulls().len() * 2 >= members:
        households = numbers.drop_nulls().n_unique() + numbers.null_count()
        return (members - households) / max(members - 1, 1), False
    return (1.0 if _family_like(people["age"].drop_nulls().to_numpy(), elsewhere) else 0.0), True


def _family_like(ages: np.ndarray, elsewhere: int) -> bool:
    if not 3 <= len(ages) <= FAMILY_SIZE or ages.max() - ages.min() < GENERATION:
        return False
    children = int((ages < MINOR).sum())
    return elsewhere >= 1 or 1 <= children < len(ages) <= children + ADULTS


def _reason(name: str | None, evidence: dict[str, object]) -> str:
    """One Chinese sentence."""
    rhythm = f"，共同就诊日每 {evidence['period_days']} 天一次" if "period_days" in evidence else ""
    told = {
        "schedule": f"{_percent(evidence['schedule_share'])} 的成员在该机构有固定就诊周期{rhythm}，与固定治疗安排相符",
        "household": "成员年龄构成与同一家庭相符（推断，无户籍登记）"
        if evidence["household_inferred"]
        else f"成员多为同一户籍（{_percent(evidence['household_share'])}）",
        "screening": f"共同就诊中 {_percent(evidence['screening_share'])} 为体检筛查编码",
        "chronic": f"共同就诊中 {_percent(evidence['chronic_share'])} 为慢特病或透析",
        "one_off": f"共同就诊集中在 {evidence['span_days']} 天内，与一次性事件相符",
    }
    return told.get(name or "", "同来就医次数超出偶然和作息所能解释，尚无解释，需人工核实")


def _percent(share: object) -> str:
    return f"{float(str(share)):.0%}"
