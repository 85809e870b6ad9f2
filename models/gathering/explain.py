"""Innocent explanations of a group, with the figures they rest on. Explained groups stay listed, after the others."""

import json
from dataclasses import dataclass

import polars as pl

from models.gathering.families import MINOR, household_share
from models.gathering.misfit import CHRONIC_SHARE

SCHEDULE_SHARE, HOUSEHOLD_SHARE, SCREENING_SHARE = 0.6, 0.6, 0.5
ONE_OFF_DAYS = 28
#: share of the members whose own courses of treatment explain their presence
COURSE_SHARE = 0.8
#: share of members each of whom a reason of his own explains, and members of one household who are one
EACH_SHARE, AT_HOME = 0.8, 3
#: below this share of members whose age is known, nothing is said of households
KNOWN_AGES = 0.5
LOOKED_AT = {
    "固定周期者": "schedule_share", "疗程": "course_share", "体检筛查": "screening_share", "慢特病": "chronic_share",
    "同一家庭": "household_share",
}  # fmt: skip
TOGETHER = {"day": "同日", "three_hours": "同日三小时内", "two_days": "两日内"}
#: a class that is examined or vaccinated: so many, nearly all of them minors, on few dates
CLASS_SIZE, CLASS_MINORS, CLASS_DATES = 10, 0.9, 4


@dataclass(frozen=True)
class Explained:
    """`explanation` is None or one of the list's codes; `evidence` holds every share that was looked at (JSON);
    `reason` is empty without explanation."""

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
    course: float = 0.0,
    dates: int | None = None,
) -> Explained:
    """Explain one group.

    `people` = rows of its members (psn_id, household_no, age, `block` of those who come together); `joint` = its joint
    visits (psn_id; chronic, screening, coded 0/1); `span` = days from the first to the last joint date; `scheduled` =
    share of members with a fixed rhythm of their own at the same unit; `rhythm` = that of the joint dates themselves
    (evidence alone: a gang may keep one);
    `elsewhere` = days on which most of them were together at another provider than that of most of their meetings, for
    those who arrive together (`arrive_together`: a gang may meet at two providers as well);
    `course` = share of the members whose own courses of treatment explain their presence; `dates` = how many they are.
    The first that holds is the explanation: schedule, household, screening, chronic, one_off. Where none holds for the
    group, but one for four fifths of the members each, it is explained by that of most: a person on dialysis links the
    family to the shift.
    """
    home, inferred = household_share(people, elsewhere)
    visits = max(joint.height, 1)
    chronic, screening = int(joint["chronic"].sum()) / visits, int(joint["screening"].sum()) / visits
    in_class = not int(joint["coded"].sum()) and dates is not None and _class_like(people["age"], dates)
    aged = int(people["age"].is_not_null().sum()) / max(people.height, 1)
    holds = {
        "schedule": scheduled >= SCHEDULE_SHARE or course >= COURSE_SHARE,
        "household": home >= HOUSEHOLD_SHARE,
        "screening": screening >= SCREENING_SHARE or in_class,
        "chronic": chronic >= CHRONIC_SHARE,
        "one_off": span < ONE_OFF_DAYS,
    }
    each, most = each_share(people, joint)
    evidence: dict[str, object] = {
        "schedule_share": round(scheduled, 4), "course_share": round(course, 4),
        "household_share": round(home, 4), "household_inferred": inferred,
        "screening_share": round(screening, 4), "chronic_share": round(chronic, 4), "span_days": span,
        "coded_share": round(int(joint["coded"].sum()) / visits, 4), "aged_share": round(aged, 4),
    }  # fmt: skip
    if in_class:
        evidence["screening_inferred"] = True
    if rhythm is not None:
        evidence |= {"period_days": rhythm[0], "phase": rhythm[1]}
    name = next((name for name, true in holds.items() if true), None)
    if name is None and each >= EACH_SHARE:
        name = most
        evidence["each_share"] = round(each, 4)
    evidence["also"] = [other for other, true in holds.items() if true and other != name]
    return Explained(name, json.dumps(evidence, ensure_ascii=False, sort_keys=True), _reason(name, evidence))


def each_share(people: pl.DataFrame, joint: pl.DataFrame) -> tuple[float, str]:
    """Share of members with a reason of their own, and that of most: chronic (four fifths of their joint visits carry a
    code) or household (two others of the group are registered in theirs)."""
    codes = joint.group_by("psn_id").agg(pl.col("chronic").fill_null(0).mean() >= CHRONIC_SHARE)
    home = (pl.col("household_no").is_not_null() & (pl.len().over("household_no") >= AT_HOME)).alias("home")
    each = (
        people.select("psn_id", home)
        .join(codes, on="psn_id", how="left")
        .with_columns(pl.col("chronic").fill_null(False))
    )
    if each.is_empty():
        return 0.0, "chronic"
    most = "chronic" if int(each["chronic"].sum()) >= int(each["home"].sum()) else "household"
    return int((each["chronic"] | each["home"]).sum()) / each.height, most


def _class_like(ages: pl.Series, dates: int) -> bool:
    """Whether they are a class that came for an examination or vaccination: told by ages where no visit has a code."""
    minors = int((ages.drop_nulls() < MINOR).sum())
    return len(ages) >= CLASS_SIZE and minors >= CLASS_MINORS * len(ages) and dates <= CLASS_DATES


def _reason(name: str | None, evidence: dict[str, object]) -> str:
    """One Chinese sentence; that of a group without explanation is made of its row (`open_reason`)."""
    if "each_share" in evidence:
        return f"{_percent(evidence['each_share'])} 的成员各有缘由：同一户籍，或本人就诊为慢特病、透析"
    rhythm = f"，共同就诊日每 {evidence['period_days']} 天一次" if "period_days" in evidence else ""
    if name == "schedule" and float(str(evidence["schedule_share"])) < SCHEDULE_SHARE:
        share = _percent(evidence["course_share"])
        return f"{share} 的成员共同到场可由各自的连续疗程（每周数次）解释，与治疗安排相符"
    told = {
        "schedule": f"{_percent(evidence['schedule_share'])} 的成员在该机构有固定就诊周期{rhythm}，与固定治疗安排相符",
        "household": "成员年龄构成与同一家庭相符（推断，无户籍登记）"
        if evidence["household_inferred"]
        else f"成员多为同一户籍（{_percent(evidence['household_share'])}）",
        "screening": "成员几乎均为未成年人、共同就诊日期少，与集体体检或接种相符（推断，无诊断编码）"
        if evidence.get("screening_inferred")
        else f"共同就诊中 {_percent(evidence['screening_share'])} 为体检筛查编码",
        "chronic": f"共同就诊中 {_percent(evidence['chronic_share'])} 为慢特病、透析或产检等长期随访",
        "one_off": f"共同就诊集中在 {evidence['span_days']} 天内，与一次性事件相符",
    }
    return told.get(name or "", "")


def open_reason(row: dict[str, object]) -> str:
    """The facts of a group without explanation, and what was looked at in vain, in one Chinese sentence.

    `row` is that of the list `gathering_group` (members, fixmedins_codes, ways, joint_dates, together, attendance,
    observed, expected, evidence).
    """
    shares = json.loads(str(row["evidence"]))
    providers = len(json.loads(str(row["fixmedins_codes"])))
    unknown = _unknown(shares, json.loads(str(row["ways"])))
    looked = "、".join(f"{name}{_percent(shares[key])}" for name, key in LOOKED_AT.items() if name not in unknown)
    family = "（推断）" if shares["household_inferred"] and "同一家庭" not in unknown else ""
    rhythm = f"，共同就诊日多为每{shares['period_days']}天一次" if "period_days" in shares else ""
    missing = f"；{'、'.join(unknown)}无从判断（缺诊断编码或年龄、户号），不能排除" if unknown else ""
    return (
        f"{row['members']}人在{providers}家机构有{row['joint_dates']}个日期{TOGETHER[str(row['together'])]}就诊，平均到场"
        f"{_percent(row['attendance'])}，实到{row['observed']}人次，按就诊量预期{float(str(row['expected'])):.1f}人次{rhythm}；"
        f"{looked}{family}，均不足以解释{missing}，与聚集就医的情形相符，需人工核实"
    )


def _unknown(shares: dict[str, float], ways: list[str]) -> list[str]:
    """Of LOOKED_AT what the records are silent about: no code on any joint visit (a pharmacy has none); no register of
    households and hardly an age."""
    silent = not shares["coded_share"] and ways != ["pharmacy"]
    codes = [name for name in ("体检筛查", "慢特病") if silent and not shares[LOOKED_AT[name]]]
    home = shares["household_inferred"] and shares["aged_share"] < KNOWN_AGES
    return [*codes, *(["同一家庭"] if home else [])]


def _percent(share: object) -> str:
    return f"{float(str(share)):.0%}"
