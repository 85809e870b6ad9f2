"""One YAML file a rule: what it is, which template serves it, how far to trust it, or what is missing."""

import re
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.contracts.document import read_document
from models.engine.sql import ROOT, sql_text
from models.errors import UsageError

FOLDER = Path(__file__).parent
RULE_ID = r"^[RSL]\d{2,4}$"
_KNOWLEDGE = re.compile(r"\bfinding\.(kp_[a-z]+)\b")


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
    awaits: list[str] = []  # further knowledge tables that a later template will read for this rule
    note: str | None = None
    confidence: float | None = Field(default=None, gt=0, le=1)

    @model_validator(mode="after")
    def _whole(self) -> "Rule":
        needed: tuple[str, ...] = ("track", "subject", "basis", "why", "checked_on", "known_false_alarms", "confidence")
        if sum(kind is not None for kind in (self.template, self.indicator, self.model, self.missing)) != 1:
            raise ValueError("give one of template, indicator, model and missing")
        if self.indicator or self.model:  # it finds nothing, so it has neither track nor confidence
            needed = ("basis", "why", "checked_on", "known_false_alarms")
        absent = [] if self.missing else [name for name in needed if not getattr(self, name)]
        if absent:
            kind = "a template" if self.template else "an indicator or a model"
            raise ValueError(f"a rule with {kind} also needs {', '.join(absent)}")
        if self.template and not self._sql().exists():
            raise ValueError(f"no file sql/findings/{self.template}.sql for template {self.template}")
        if not self.missing and self.version < 1:
            raise ValueError("a rule that runs has version 1 or more")
        return self

    def _sql(self) -> Path:
        return ROOT / "findings" / f"{self.template}.sql"

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
        """The knowledge tables that the rule's template or model reads."""
        if self.model:
            return tuple(sorted(self.knowledge))
        if not self.template:
            return (self.missing.knowledge,) if self.missing and self.missing.knowledge else ()
        return _knowledge_of(self.template)


@cache
def _knowledge_of(template: str) -> tuple[str, ...]:
    return tuple(sorted(set(_KNOWLEDGE.findall(sql_text(f"findings/{template}")))))


@cache
def registry(folder: Path = FOLDER) -> list[Rule]:
    """All rules in order of their ids.

    Raises UsageError that names every wrong entry of every file at once.
    """
    rules: list[Rule] = []
    faults: list[str] = []
    for path in sorted(folder.glob("[RSL]*.yaml")):
        try:
            rule = Rule.model_validate(read_document(path))
        except yaml.YAMLError as fault:
            faults.append(f"  {path.name}: not valid YAML: {' '.join(str(fault).split())}")
        except ValidationError as fault:
            faults += [f"  {path.name}: {'.'.join(map(str, e['loc'])) or 'rule'}: {e['msg']}" for e in fault.errors()]
        else:
            if rule.rule_id != path.stem:
                faults.append(f"  {path.name}: id is {rule.rule_id}; the file must be {rule.rule_id}.yaml")
            rules.append(rule)
    if faults:
        raise UsageError("规则定义有误 / rule definitions are wrong:\n" + "\n".join(faults))
    return sorted(rules, key=lambda rule: rule.rule_id)
