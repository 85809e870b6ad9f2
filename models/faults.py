"""What pydantic finds wrong in a YAML file, told to the people who wrote it: what was found, what is allowed."""

from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

_SHOWN = 60  # characters of what was found

_KINDS = {
    "missing": "缺少此项 / is missing",
    "bool": "须为 true 或 false / must be true or false",
    "int": "须为整数 / must be a whole number",
    "float": "须为数值 / must be a number",
    "decimal": "须为数值 / must be a number",
    "date": "须为日期 / must be a date, such as 2025-05-01",
    "string": "须为文字 / must be text",
    "list": "须为清单 / must be a list, such as [a, b]",
    "dict": "须为“名称: 值”各项 / must be entries `name: value`",
    "model": "须为“名称: 值”各项 / must be entries `name: value`",
}

_LIMITS = {
    "ge": "不得小于 {0} / must be at least {0}",
    "gt": "须大于 {0} / must be above {0}",
    "le": "不得大于 {0} / must be at most {0}",
    "lt": "须小于 {0} / must be below {0}",
    "min_length": "至少 {0} 项 / needs at least {0} entries",
    "decimal_places": "至多 {0} 位小数 / has at most {0} decimals",
    "pattern": "须符合 / must match {0}",
    "expected": "只可为 / must be {0}",
}


def told(fault: ValidationError, root: type[BaseModel], found: bool = True) -> list[str]:
    """One line an entry that is wrong; `found` adds what stands there (only of files that hold no data)."""
    return [_line(one, root, found) for one in fault.errors()]


def _line(error: ErrorDetails, root: type[BaseModel], found: bool) -> str:
    place = ".".join(map(str, error["loc"])) or "整个文件 / the whole file"
    if error["type"] == "extra_forbidden":
        return f"{place}: {_unknown(error['loc'], root)}"
    text = f"{place}: {_reason(error)}"
    if not found or error["type"] in ("missing", "value_error"):
        return text
    value = repr(error["input"])
    return f"{text}（现为 / found {value if len(value) <= _SHOWN else value[:_SHOWN] + '…'}）"


def _reason(error: ErrorDetails) -> str:
    kind = error["type"]
    limits = {name: value for name, value in (error.get("ctx") or {}).items() if name in _LIMITS}
    if kind == "value_error":
        return error["msg"].removeprefix("Value error, ")
    if limits:
        return "；".join(_LIMITS[name].format(value) for name, value in limits.items())
    return _KINDS.get(kind.split("_")[0], f"写法有误 / {error['msg']}")


def _unknown(loc: tuple[int | str, ...], root: type[BaseModel]) -> str:
    holder = _model_at(root, loc[:-1])
    if holder is None:
        return "没有这一项 / no such entry"
    names = [field.alias or name for name, field in holder.model_fields.items()]
    close = get_close_matches(str(loc[-1]), names, 1)
    guess = f"，是否 / did you mean {close[0]}?" if close else ""
    return f"没有这一项 / no such entry{guess}（可用 / allowed: {', '.join(names)}）"


def _model_at(root: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The model whose entries stand at a place of the document; None where there is none."""
    kind: Any = root
    for step in loc:
        kind = _bare(kind)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            field = kind.model_fields.get(str(step))
            if field is None:
                return None
            kind = field.annotation
        elif get_origin(kind) in (list, dict):
            kind = get_args(kind)[-1]
        else:
            return None
    kind = _bare(kind)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _bare(kind: Any) -> Any:
    """A type without `Annotated` and `| None`."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif get_origin(kind) in (Union, UnionType):
            kind = next(one for one in get_args(kind) if one is not type(None))
        else:
            return kind


def broken_yaml(fault: Exception) -> str:
    """Where a YAML file cannot be read and why, as one line."""
    mark, problem = getattr(fault, "problem_mark", None), getattr(fault, "problem", None)
    if mark is None or not problem:
        return " ".join(str(fault).split())
    line, column = mark.line + 1, mark.column + 1
    return (
        f"第 {line} 行第 {column} 列 / line {line}, column {column}: {problem}。"
        "请检查缩进、冒号、引号与括号 / Check indents, colons, quotes and brackets."
    )
