"""What the reasons of quarantined rows mean, for people who have rows mended."""

from models.contracts import tables

REASONS = {
    "bad_encoding": "该行编码有误 / the line does not decode",
    "wrong_field_count": "字段数与表头不符 / not as many fields as the header",
    "bad_quote": "引号位置有误 / a quotation mark in the wrong place",
    "unclosed_quote": "引号未闭合 / a quotation mark that is not closed",
    "blank_line": "空行 / a blank line",
    "formula_error": "公式出错（如 #N/A） / a formula that failed, such as #N/A; enter the value",
    "nul_byte": "含 NUL 字节 / a NUL byte in it",
    "lost_digits": "被写成科学计数法，位数已丢失 / a spreadsheet wrote it like 1.2E+17; deliver it as text",
    "too_long": "过长 / too long",
    "missing": "必填项为空 / must be filled",
    "bad_amount": "不是金额，应如 1234.56 / no amount, such as 1234.56",
    "bad_price": "不是价格 / no price",
    "bad_quantity": "不是数量 / no quantity",
    "bad_ratio": "不是比例 / no ratio",
    "bad_weight": "不是权重 / no weight",
    "bad_date": "不是日期，应如 2025-01-31 / no date, such as 2025-01-31",
    "bad_time": "不是时间，应如 2025-01-31 08:30:00 / no moment, such as 2025-01-31 08:30:00",
    "bad_flag": "不是 0 或 1 / neither 0 nor 1",
    "bad_age": "不是年龄 / no age",
    "bad_int": "不是整数 / no whole number",
    "bad_code": "不在约定的代码之内 / a code the contract does not name",
}


def told(table: str, reason: str) -> str:
    """`bad_time:setl_time` as people read it: the column's Chinese title, what is wrong, for codes what is allowed.

    Empty for a reason without words.
    """
    kind, _, name = reason.partition(":")
    words = REASONS.get(kind, "")
    column = tables()[table].columns.get(name)
    if not words or column is None:
        return words
    names = [*column.words, *column.allowed]
    allowed = f"（可用 / allowed: {', '.join(names)}）" if kind == "bad_code" and names else ""
    return f"{column.title}{words}{allowed}"
