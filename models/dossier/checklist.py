"""Which records to pull on site: kinds of finding, and the kind that a rule or a model belongs to."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from models.contracts.cases import CASES
from models.contracts.document import read_document
from models.rules import registry

OTHER = "item"


@dataclass(frozen=True)
class Kind:
    """One kind of finding: what to pull, in order, as (Chinese, English)."""

    name: str
    zh: str
    en: str
    pull: tuple[tuple[str, str], ...]


@cache
def _document() -> dict[str, dict[str, Any]]:
    return dict(read_document(Path(__file__).parent / "checklist.yaml"))


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by name, in the order of the file."""
    found = {}
    for name, one in _document().items():
        pull = tuple((what["zh"], what["en"]) for what in one["pull"])
        found[name] = Kind(name, str(one["zh"]), str(one["en"]), pull)
    return found


def kind_of_model(model: str) -> str:
    """The kind of what a model's list shows; KeyError where no kind names the model."""
    for name, one in _document().items():
        if model in one.get("models", []):
            return name
    raise KeyError(f"checklist.yaml: no kind names the model {model}")


def kind_of_rules() -> dict[str, str]:
    """The kind of every rule that makes findings, and of decided cases by the list that names them.

    A bureau's own rules go by their template or subject.
    """
    found = {rule_id: kind_of_model(name) for rule_id, (_, name) in CASES.items()}
    for rule in registry():
        if rule.template:
            found[rule.rule_id] = _kind(rule.rule_id, rule.template, rule.subject)
    return found


def _kind(rule_id: str, template: str, subject: str | None) -> str:
    for key, value in (("rules", rule_id), ("templates", template), ("subjects", subject)):
        for name, one in _document().items():
            if value in one.get(key, []):
                return name
    return OTHER
