"""One YAML file a rule: what it is, which template serves it, how far to trust it, or what is missing."""

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.contracts.document import read_document
from models.engine.sql import ROOT, sql_text, template_path, use_local_templates
from models.errors import UsageError
from models.faults import told

FOLDER = Path(__file__).parent
RULE_ID = r"^[RSL]\d{2,4}$"
_KNOWLEDGE = re.compile(r"\bfinding\.(kp_[a-z]+)\b")
_TABLE = re.compile(r"\b(cur\.[a-z_]+|core\.diagnosis|core\.operation)\b|\bkind = '(diagnosis|operation)'")
#: the contract tables behind tables of core, and kinds of occurrences, that only some rules read
_BEHIND = {
    "core.diagnosis": "setl_list_diag_d",
    "core.operation": "setl_list_oprn_d",
    "diagnosis": "setl_list_diag_d",
    "operation": "setl_list_oprn_d",
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Missing(_Strict):
    """What an entry of the catalogue still lacks: a template, knowledge points, data."""

    template: str
    knowledge: str | None = None
    data: str | None = None

    def note(self) -> str:
        """One line for people."""
        parts = [f"待模板 / template to come: {self.template}"]
        if self.knowledge:
            parts.append(f"知识点表 / knowledge points: {self.knowledge}")
        if self.data:
            parts.append(self.data)
        return "；".join(parts)


class Rule(_Strict):
    """One rule: `template` (it makes findings), `indicator` (a statistic of providers, in the list `indicator`, which
    claims nothing), `model` (a score, in the list of that name) or `missing` (none of them yet, and why).
    """

    rule_id: str = Field(alias="id", pattern=RULE_ID)
    name: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    rule_class: str = Field(alias="class")
    subclass: str
    code_1_0: str | None
    version: int = Field(ge=0)
    missing: Missing | None = None
    template: str | None = Field(default=None, pattern=r"^[a-z_]+$")
    indicator: str | None = Field(default=None, pattern=r"^[a-z_]+$")
    model: str | None = Field(default=None, pattern=r"^[a-z_]+$")
    knowledge: list[str] = []  # knowledge tables that the model reads for this rule
    track: Literal["clear", "suspect"] | None = None
    subject: Literal["drug", "item", "consumable", "diagnosis", "operation", "stay"] | None = None
    params: dict[str, int | str | list[str]] = {}
    basis: str | None = None
    why: str | None = None
    checked_on: Any = None
    known_false_alarms: list[str] = []
    also: list[str] = []  # further templates; of what they find on one line that with most at stake stays
    awaits: list[str] = []  # further knowledge tables that a later template will read for this rule
    note: str | None = None
    confidence: float | None = Field(default=None, gt=0, le=1)

    @model_validator(mode="after")
    def _whole(self) -> "Rule":
        needed: tuple[str, ...] = ("track", "subject", "basis", "why", "checked_on", "known_false_alarms", "confidence")
        if sum(kind is not None for kind in (self.template, self.indicator, self.model, self.missing)) != 1:
            raise ValueError(
                "template、indicator、model、missing 须且只须一项 / give one of template, indicator, model and missing"
            )
        if self.indicator or self.model:  # it finds nothing, so it has neither track nor confidence
            needed = ("basis", "why", "checked_on", "known_false_alarms")
        absent = [] if self.missing else [name for name in needed if not getattr(self, name)]
        if absent:
            kind = "a template" if self.template else "an indicator or a model"
            raise ValueError(f"还缺 / a rule with {kind} also needs {', '.join(absent)}")
        for name in self.templates:
            if not template_path(name):
                raise ValueError(
                    f"没有模板 / no file sql/findings/{name}.sql for template {name}, nor one beside the rule"
                )
        if self.also and not self.template:
            raise ValueError("also 只用于有 template 的规则 / also names further templates of a rule with a template")
        if not self.missing and self.version < 1:
            raise ValueError("运行的规则 version 至少为 1 / a rule that runs has version 1 or more")
        return self

    @property
    def templates(self) -> tuple[str, ...]:
        """The templates that make its findings."""
        return (*([self.template] if self.template else []), *self.also)

    @property
    def implemented(self) -> bool:
        """It makes findings (indicators and models are made with the scores)."""
        return self.template is not None

    @property
    def subject_kind(self) -> str:
        """What its subjects are matched against: item (fee lines), diagnosis, operation or stay."""
        return "item" if self.subject in ("drug", "item", "consumable") else str(self.subject)

    @property
    def knowledge_tables(self) -> tuple[str, ...]:
        """The knowledge tables that the rule's templates or model read."""
        if self.model:
            return tuple(sorted(self.knowledge))
        if not self.template:
            return (self.missing.knowledge,) if self.missing and self.missing.knowledge else ()
        return tuple(sorted({table for name in self.templates for table in _knowledge_of(name)}))

    @property
    def data_tables(self) -> tuple[str, ...]:
        """The contract tables, beside settlements and fee lines, that the rule's template cannot do without."""
        return _data_of(self.template) if self.template else ()


@cache
def _data_of(template: str) -> tuple[str, ...]:
    lines = sql_text(f"findings/{template}").splitlines()
    code = " ".join(line.split("--", 1)[0] for line in lines)
    spare = " ".join(line for line in lines if line.startswith("-- optional:"))
    found = {table or kind for table, kind in _TABLE.findall(code)} - {table for table, _ in _TABLE.findall(spare)}
    return tuple(sorted(_BEHIND.get(name, name.removeprefix("cur.")) for name in found))


@cache
def _knowledge_of(template: str) -> tuple[str, ...]:
    return tuple(sorted(set(_KNOWLEDGE.findall(sql_text(f"findings/{template}")))))


_local: list[Path] = []  # the folder of a bureau's own rules, if there is one


def use_local_rules(folder: Path | None) -> None:
    """From now on the registry also holds the rules `L….yaml` of this folder, with their `<template>.sql`."""
    here = folder if folder and folder.is_dir() else None
    _local[:] = [here] if here else []
    use_local_templates(here)
    _knowledge_of.cache_clear()
    _data_of.cache_clear()
    _read.cache_clear()


def local_digest() -> str | None:
    """SHA-256 over the bureau's own rules and templates; None where it has none."""
    files = sorted(path for folder in _local for path in folder.glob("*") if path.suffix in {".yaml", ".sql"})
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest() if files else None


def registry(folder: Path = FOLDER) -> list[Rule]:
    """All rules in order of their ids; beside jicha's own those of the bureau (`use_local_rules`).

    Raises UsageError that names every wrong entry of every file at once.
    """
    return _read(folder, *(_local if folder == FOLDER else []))


@cache
def _read(*folders: Path) -> list[Rule]:
    rules: list[Rule] = []
    faults = [fault for folder in folders[1:] for fault in _strangers(folder)]
    for path in [path for folder in folders for path in sorted(folder.glob("[RSL]*.yaml"))]:
        try:
            rule = Rule.model_validate(read_document(path))
        except yaml.YAMLError as fault:
            faults.append(f"  {path.name}: 不是有效的 YAML / not valid YAML: {' '.join(str(fault).split())}")
        except ValidationError as fault:
            faults += [f"  {path.name}: {line}" for line in told(fault, Rule)]
        else:
            if rule.rule_id != path.stem:
                faults.append(
                    f"  {path.name}: 编号与文件名不符 / id is {rule.rule_id}; the file must be {rule.rule_id}.yaml"
                )
            rules.append(rule)
    ids = [rule.rule_id for rule in rules]
    faults += [f"  {one}: 编号重复 / the id is taken twice" for one in sorted({i for i in ids if ids.count(i) > 1})]
    if faults:
        raise UsageError("规则定义有误 / rule definitions are wrong:\n" + "\n".join(faults))
    return sorted(rules, key=lambda rule: rule.rule_id)


def _strangers(folder: Path) -> list[str]:
    """What must not lie in a bureau's folder: rules that are not L…, templates with the name of one of jicha's."""
    rules = [path.name for path in sorted(folder.glob("*.yaml")) if not re.fullmatch(r"L\d{2,4}\.yaml", path.name)]
    taken = [path.name for path in sorted(folder.glob("*.sql")) if (ROOT / "findings" / path.name).exists()]
    return [
        *[f"  {name}: 本地规则须名为 L 加数字 / a bureau's rule is L and digits, as L01.yaml" for name in rules],
        *[f"  {name}: 与自带模板重名 / a template of jicha has this name; choose another" for name in taken],
    ]
