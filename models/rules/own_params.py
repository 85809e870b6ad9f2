"""`rule_params` of the configuration: parameters of single rules that a bureau sets otherwise than their YAML."""

from typing import Any

from models.config import Config, Params
from models.errors import UsageError
from models.rules.passes import parameters_of
from models.rules.registry import Rule, registry

OF_THE_RUN = {"rule_ids", "period_from", "period_to"}  # parameters that no configuration sets
_KINDS = {int: "整数 / a whole number", float: "数值 / a number", str: "文字 / text", list: "清单 / a list, as [a, b]"}


def refuse_wrong_params(config: Config) -> None:
    """Raise one UsageError that names every rule, parameter and kind of value that do not fit."""
    faults: list[str] = []
    known = {rule.rule_id: rule for rule in registry()} if config.rule_params else {}
    for rule_id, given in sorted(config.rule_params.items()):
        rule = known.get(rule_id)
        if rule is None:
            faults.append(f"  rule_params.{rule_id}: 没有这条规则 / no such rule; `jicha rules` lists them")
            continue
        allowed = _allowed(rule)
        faults += [f"  rule_params.{rule_id}.{name}: {_wrong(allowed, name, value)}" for name, value in given.items()
                   if _wrong(allowed, name, value)]  # fmt: skip
    if faults:
        raise UsageError(
            "config.yaml 的规则参数有误 / parameters in config.yaml that do not fit their rules:\n" + "\n".join(faults)
        )


def _allowed(rule: Rule) -> dict[str, Any]:
    """What each parameter of the rule is without the bureau's own word."""
    usual = Params().model_dump()
    names = {*rule.params, *parameters_of(rule)} - OF_THE_RUN
    return {name: rule.params.get(name, usual.get(name)) for name in sorted(names)}


def _wrong(allowed: dict[str, Any], name: str, value: Any) -> str:
    """Why a value cannot be taken; empty where it can."""
    if name not in allowed:
        return f"没有这个参数 / no such parameter（可用 / allowed: {', '.join(allowed) or '无 / none'}）"
    kind = type(allowed[name])
    if kind not in _KINDS or isinstance(value, kind) or (kind is float and isinstance(value, int)):
        return ""
    return f"须为 / must be {_KINDS[kind]}（现为 / found {value!r}）"
