"""The checks as data: read from the suite files beside this one, with a bureau's own limits over them."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from models.config import Config
from models.contracts.document import read_document
from models.errors import UsageError

Severity = Literal["fail", "warn"]
SUITES = Path(__file__).parent / "suites"


@dataclass(frozen=True)
class Check:
    """One check: what it looks at, how much of it may be violated, and what happens above that.

    A check of severity `fail` only warns while fewer than `least` rows violate it: a share of a few rows says little.
    """

    check_id: str
    table: str
    suite: str
    query: str
    title_zh: str
    title_en: str
    severity: Severity
    max_rate: float
    expectation: str
    why_zh: str
    why_en: str
    rule: str | None = None
    needs: tuple[str, ...] = ()
    least: int = 0

    def judged(self, violations: int) -> "Check":
        """The check as it counts with so many violations."""
        return replace(self, severity="warn") if violations < self.least else self


def _check(suite: str, shared: dict[str, Any], spec: dict[str, Any]) -> Check:
    entry = {**shared, **spec}
    return Check(
        check_id=entry["id"],
        table=entry["table"],
        suite=suite,
        query=entry["query"],
        title_zh=spec["title"]["zh"],
        title_en=spec["title"]["en"],
        severity=entry["severity"],
        max_rate=float(entry["max"]),
        expectation=entry["expectation"],
        why_zh=spec["why"]["zh"],
        why_en=spec["why"]["en"],
        rule=entry.get("rule"),
        needs=tuple(entry.get("needs", ())),
        least=int(entry.get("least", 0)),
    )


@cache
def _documents() -> dict[str, dict[str, Any]]:
    """The suite files by name, in the order they name themselves."""
    found = {path.stem: read_document(path) for path in sorted(SUITES.glob("*.yaml"))}
    return dict(sorted(found.items(), key=lambda item: (item[1]["order"], item[0])))


@cache
def catalogue() -> tuple[Check, ...]:
    """All checks in the order of the suites, with the limits written there."""
    found: list[Check] = []
    for name, document in _documents().items():
        shared = {key: value for key, value in document.items() if key not in ("checks", "title", "order")}
        found += [_check(name, shared, spec) for spec in document["checks"]]
    return tuple(found)


@cache
def suite_titles() -> dict[str, tuple[str, str]]:
    """Chinese and English title of every suite, in order."""
    return {name: (one["title"]["zh"], one["title"]["en"]) for name, one in _documents().items()}


def configured(config: Config) -> tuple[Check, ...]:
    """The catalogue with the configuration's limits: an entry of `quality.fail_rate` makes its check block above it,
    one of `quality.warn_rate` makes it only warn.

    Raises UsageError that names every unknown check, double entry and share outside 0..1 at once.
    """
    fail, warn = config.quality.fail_rate, config.quality.warn_rate
    known = {check.check_id for check in catalogue()}
    faults = [f"  {name}: 没有这项检查 / no such check" for name in sorted((fail.keys() | warn.keys()) - known)]
    faults += [
        f"  {name}: 同时写在 fail_rate 和 warn_rate / is in both fail_rate and warn_rate"
        for name in sorted(fail.keys() & warn.keys())
    ]
    faults += [
        f"  {name}: {rate} 不在 0 到 1 之间 / is not a share between 0 and 1"
        for name, rate in sorted([*fail.items(), *warn.items()])
        if not 0 <= rate <= 1
    ]
    if faults:
        raise UsageError(
            "config.yaml 的 quality 有误 / errors in quality of config.yaml:\n"
            + "\n".join(faults)
            + f"\n可用的检查 / checks: {', '.join(sorted(known))}"
        )
    return tuple(_with_limits(check, fail, warn) for check in catalogue())


def _with_limits(check: Check, fail: dict[str, float], warn: dict[str, float]) -> Check:
    if check.check_id in fail:
        return replace(check, severity="fail", max_rate=fail[check.check_id], least=0)
    if check.check_id in warn:
        return replace(check, severity="warn", max_rate=warn[check.check_id])
    return check
