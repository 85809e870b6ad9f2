"""Why a profile is unusual: the measures that carry most of the score, in Chinese, with parts that add up to it."""

import json
from typing import Any

import numpy as np

from models.scores.outlier_measures import ALIKE, MEASURES, Measure

SHOWN, NAMED = 5, 3
NOT_ASSESSED = "不作评价："


def reasons_json(parts: np.ndarray, value: np.ndarray, gap: np.ndarray, z: np.ndarray) -> str:
    """The measures with the largest parts, largest first, then all others as one, as JSON; parts sum to the score.

    `parts` in ten-thousandths of the score; `value`, `gap`, `z` of the unit as in `Profile`.
    """
    order = [int(i) for i in np.argsort(-parts, kind="stable") if parts[i] > 0 and z[i] != 0][:SHOWN]
    facts = [_fact(MEASURES[i], int(parts[i]), float(value[i]), float(gap[i]), float(z[i])) for i in order]
    rest = int(parts.sum()) - sum(int(parts[i]) for i in order)
    if rest or not facts:
        text = f"其余 {len(MEASURES) - len(order)} 项合计"
        facts.append({"measure": "other", "name": text, "part": rest / 10_000, "text": text})
    return json.dumps(facts, ensure_ascii=False, sort_keys=True)


def sentence(reasons: str) -> str:
    """One Chinese sentence from the facts of `reasons_json` or `why_not`: at most three measures, no verdict."""
    texts = [fact["text"] for fact in json.loads(reasons) if fact["measure"] != "other"]
    if not texts:
        return "各项与同类相当。"
    return "；".join(texts[:NAMED]) + ("。" if texts[0].startswith(NOT_ASSESSED) else "；仅供参考。")


def why_not(visits: int, least_visits: int, peers: int, least_peers: int) -> str:
    """Why a unit is not assessed, in the same form."""
    found = []
    if visits < least_visits:
        found.append(f"就诊 {visits} 次，不足 {least_visits} 次")
    if peers < least_peers:
        found.append(f"同类机构 {peers} 家，不足 {least_peers} 家")
    text = NOT_ASSESSED + "；".join(found)
    return json.dumps([{"measure": "not_assessable", "text": text}], ensure_ascii=False, sort_keys=True)


def _fact(measure: Measure, part: int, value: float, gap: float, z: float) -> dict[str, Any]:
    direction = "高于同类" if gap > 0 else "低于同类"
    beyond = round(z + float(np.sign(z)) * ALIKE, 2)
    fact: dict[str, Any] = {
        "measure": measure.name, "name": measure.zh, "direction": direction, "z": beyond, "part": part / 10_000,
    }  # fmt: skip
    if measure.kind == "share":
        fact |= {"value": round(value, 4), "peers": round(min(max(value - gap, 0.0), 1.0), 4)}
        fact["text"] = f"{measure.zh} {fact['value']:.1%}，同类在相同病例构成下为 {fact['peers']:.1%}，{direction}"
    else:
        fact["ratio"] = round(float(np.exp(gap)), 4)
        fact["text"] = f"{measure.zh}为同类在相同病例构成下的 {fact['ratio']:.2f} 倍，{direction}"
    return fact
