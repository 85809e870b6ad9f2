"""One Chinese sentence that says what a row of the annual assessment holds, and what could not be told."""

from typing import Any

from models.fund.units import YEAR

Row = dict[str, Any]
TITLES = {
    "cmi": ("CMI", "{:.2f}"),
    "cost_index": ("费用消耗指数", "{:.2f}"),
    "time_index": ("时间消耗指数", "{:.2f}"),
    "readmission_rate": ("非计划再入院率", "{:.1%}"),
    "drug_share": ("药费占比", "{:.1%}"),
}


def summary(row: Row) -> str:
    """The sentence of a row with the columns of `annual_assessment`."""
    parts = (_paid(row), _quota(row), _indices(row), _decided(row), _credit(row))
    return "；".join(parts) + "。"


def _paid(row: Row) -> str:
    paid = f"基金支付 {row['fund_amount']:,.2f} 元"
    if row["months"] < YEAR:
        return f"{paid}（仅有 {row['months']} 个月数据）"
    if row["growth"] is None:
        return f"{paid}，上年数据不全或没有支付，不作比较"
    word = "增长" if row["growth"] >= 0 else "下降"
    return f"{paid}，较上年{word} {abs(row['growth']):.1%}"


def _quota(row: Row) -> str:
    if row["quota_amount"] is None:
        return "没有总额控制指标"
    told = f"总额控制指标 {row['quota_amount']:,.2f} 元"
    return told if row["quota_share"] is None else f"{told}，已用 {row['quota_share']:.1%}"


def _indices(row: Row) -> str:
    found = []
    for name, (title, shape) in TITLES.items():
        value, place = row.get(name), row.get(f"{name}_percentile")
        if value is not None:
            among = "" if place is None else f"（高于 {place:.0f}% 的同类）"
            found.append(f"{title} {shape.format(value)}{among}")
    return "、".join(found) if found else "没有可用指标"


def _decided(row: Row) -> str:
    upheld = f"认定成立 {row['upheld']} 例" if row["upheld"] else "没有认定成立的案例"
    if row["upheld"]:
        upheld += f"、{row['upheld_amount']:,.2f} 元"
    if row["upheld_open"]:
        upheld += f"（另有 {row['upheld_open']} 条部分成立而未定金额）"
    visits = f"检查 {row['inspections']} 次" if row["inspections"] else "未经检查"
    if row["found_amount"]:
        visits += f"，查实 {row['found_amount']:,.2f} 元"
    return f"{upheld}；{visits}"


def _credit(row: Row) -> str:
    alone = "，仅基础分" if row["base_only"] else ""
    return f"信用 {row['grade']} 级（{row['points']:f} 分{alone}）"
