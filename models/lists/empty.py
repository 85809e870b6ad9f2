"""Why a list has no rows, for who opens one that is empty."""

_RESTS_ON = {
    "theme_plan": (
        "没有设定专项：在 config.yaml 的 planning.themes 中设定后重新运行。",
        "No themed plan is set: name one under planning.themes in config.yaml, then run again.",
    ),
    "inspection_rate": (
        "还没有检查结果：年度计划下发后，以 inspection_d 交回结果即可列出。",
        "No results yet: issue the plan, then deliver the visits as inspection_d.",
    ),
    "team_report": (
        "本期没有带检查组的检查（inspection_d），也没有带审核人的处理结果（decision_d）。",
        "Neither inspections with a team (inspection_d) nor decisions with a reviewer (decision_d) in this period.",
    ),
}
_RESTS_ON["theme_draw"] = _RESTS_ON["theme_plan"]
_NOTHING = (
    "本期没有符合条件的记录；未交付的数据与停用的规则见报告网页“数据质量”和 manifest.json。",
    "No record meets the conditions in this period; what was not delivered or is switched off stands on the quality "
    "page and in manifest.json.",
)


def why_empty(name: str, language: str) -> str:
    """What an empty list of this name rests on, in the reader's language."""
    zh, en = _RESTS_ON.get(name, _NOTHING)
    return zh if language == "zh" else en
