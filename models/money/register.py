"""The register of issued lists: one folder an issue, written whole, never changed; it outlives a rebuilt warehouse."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from models.contracts.cases import CASES
from models.contracts.lists import as_now, schema
from models.errors import InputRefused, UsageError
from models.frozen import ENTRY, digests, file_sha256, freeze, unchanged
from models.home import Home
from models.manifest import FILE, has_manifest
from models.money.issued import CANDIDATE, latest, of_issue
from models.periods import parse_quarter

CANDIDATES = f"{CANDIDATE}.parquet"
SAMPLE = "review_sample.parquet"
CODING = "upcoding_case.parquet"
#: lists that decisions speak of and that may be made otherwise later: the register keeps its own copy
KEPT = (CANDIDATES, SAMPLE, CODING)


@dataclass(frozen=True)
class Issue:
    """One issued list; `supplement` 0 is the list itself, n its supplement s0n; `sequence` counts the home's issues.

    `notified_on` is the day of its notices, `reply_due_on` the last day for an answer to them, as promised then;
    `kept` are the lists of which the register holds a copy.
    """

    period: str
    supplement: int
    sequence: int
    as_of: str
    candidates_sha256: str
    files: dict[str, str]
    manifest: dict[str, Any]
    notified_on: str | None = None
    reply_due_on: str | None = None
    kept: tuple[str, ...] = (CANDIDATES, SAMPLE)

    @property
    def name(self) -> str:
        return issue_name(self.period, self.supplement)

    def __str__(self) -> str:
        return self.name


def issue_name(period: str, supplement_no: int) -> str:
    """Folder of an issue: 2025Q1, or 2025Q1-s01 for its first supplement."""
    return period if supplement_no == 0 else f"{period}-s{supplement_no:02d}"


class Register:
    """Issued lists under `<home>/register/`; reading verifies that nothing was altered."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._issues: list[Issue] | None = None

    def issues(self) -> list[Issue]:
        """All issues in the order in which they were made. Raises InputRefused when an entry was altered."""
        if self._issues is None:
            entries = sorted(self.home.register.glob(f"[0-9]*/{ENTRY}"))
            self._issues = sorted((self._read(entry) for entry in entries), key=lambda issue: issue.sequence)
        return self._issues

    def issued(self, period: str) -> list[Issue]:
        """Issues of one period: the list and its supplements, in order; empty while nothing is issued."""
        return [issue for issue in self.issues() if issue.period == period]

    def next_name(self, period: str) -> str:
        """Folder under lists/ that the pipeline writes for a period: its own, or once issued the next supplement's."""
        return issue_name(period, len(self.issued(period)))

    def pending(self, period: str) -> str | None:
        """What `issue` would freeze now: the name of the folder as served, or None where there is nothing to issue."""
        name = self.next_name(period)
        return name if has_manifest(self.home.lists / name) else None

    def fingerprint(self) -> str:
        """Hash of everything issued, for telling whether lists are stale."""
        return hashlib.sha256(
            json.dumps([[issue.name, issue.sequence, issue.candidates_sha256] for issue in self.issues()]).encode()
        ).hexdigest()

    def issued_candidates(self) -> pl.DataFrame:
        """Every issued candidate in its latest version with its history (see `models.money.issued.latest`)."""
        return latest(
            of_issue(
                self._candidates(issue),
                issue.name,
                issue.period,
                issue.sequence,
                day_of(issue.as_of),
                day_of(issue.manifest.get("recovered_until")),
                day_of(issue.notified_on),
                day_of(issue.reply_due_on),
            )
            for issue in self.issues()
        )

    def first_candidates(self, period: str) -> pl.DataFrame:
        """Candidates (candidate_id, setl_id) of the first issued list of a period; none while nothing is issued.

        What the first review passed, and extrapolation speaks of, is everything else: the rules' own candidates alone,
        for a decided case passed them.
        """
        issued = self.issued(period)
        named = self._candidates(issued[0]) if issued else latest([])
        named = named.filter(~pl.col("rule_id").is_in(list(CASES)))
        return named.select("candidate_id", "setl_id").sort("candidate_id")

    def issued_cases(self, period: str) -> pl.DataFrame:
        """Upcoding cases of the issued lists up to a period (period, setl_id, supported_grp_code, payment_difference).

        In the order of the issues; those made before these were kept have none. Raises InputRefused for altered ones.
        """
        shape = schema("upcoding_case")
        wanted = ["setl_id", "supported_grp_code", "payment_difference"]
        parts = [pl.DataFrame(schema={"period": pl.String, **{name: shape[name] for name in wanted}})]
        for issue in self.issues():
            path = self._copy(issue, CODING) if issue.period <= period else None
            if path is not None:
                rows = pl.read_parquet(path, columns=wanted)
                parts.append(rows.select(pl.lit(issue.period).alias("period"), *wanted).cast(parts[0].schema))
        return pl.concat(parts)

    def issuable(self, period: str, stale: str | None = None) -> tuple[str, dict[str, Any]]:
        """Name and manifest of what `issue` would freeze.

        `stale`: why the lists no longer speak for what is loaded, if they do not. Raises UsageError when there is
        nothing to issue, or the lists are stale, blocked, or not what their manifest says.
        """
        period = str(parse_quarter(period))
        name = self.pending(period)
        if name is None:
            raise UsageError(self._nothing(period))
        if stale:
            raise UsageError(f"{name} 已过期 / is stale: {stale}. Run `jicha run --quarter {period}` first.")
        return name, self._checked_manifest(self.home.lists / name, period)

    def issue(
        self,
        period: str,
        stale: str | None = None,
        notified_on: date | None = None,
        reply_due_on: date | None = None,
    ) -> Issue:
        """Freeze the list of a quarter as served; once it is issued, its pending supplement. Raises as `issuable`."""
        period = str(parse_quarter(period))
        name, manifest = self.issuable(period, stale)
        folder = self.home.lists / name
        entry = Issue(
            period=period,
            supplement=len(self.issued(period)),
            sequence=len(self.issues()) + 1,
            as_of=str(manifest.get("as_of")),
            candidates_sha256=file_sha256(folder / CANDIDATES),
            files=digests(folder),
            manifest=manifest,
            notified_on=notified_on.isoformat() if notified_on else None,
            reply_due_on=reply_due_on.isoformat() if reply_due_on else None,
            kept=KEPT,
        )
        kept = [name for name in KEPT if name in entry.files]
        freeze(self.home.register / entry.name, folder, kept, asdict(entry))
        self._issues = None
        return entry

    def _nothing(self, period: str) -> str:
        done = self.issued(period)
        if done:
            return (
                f"{period} 已下发至 {done[-1].name}，没有待下发的增补 / is issued up to {done[-1].name} "
                "and nothing has changed since. Run the quarter again after new data arrive."
            )
        return f"{period} 没有可下发的清单 / has no lists to issue. Run `jicha run --quarter {period}` first."

    def _checked_manifest(self, folder: Path, period: str) -> dict[str, Any]:
        try:
            manifest = json.loads((folder / FILE).read_text(encoding="utf-8"))
        except ValueError:
            raise UsageError(f"{folder.name}/{FILE} 无法读取 / cannot be read. Run the quarter again.") from None
        wrong = [f"the manifest speaks of {manifest.get('period')}"] if manifest.get("period") != period else []
        wrong += [f"the lists are {why}: {manifest[why]}" for why in ("blocked", "stale") if manifest.get(why)]
        listed = manifest.get("lists", {})
        if "clawback" not in listed or not (folder / CANDIDATES).exists():
            wrong.append("there is no clawback list")
        for name, about in sorted(listed.items()):
            for extension, expected in sorted(about.get("sha256", {}).items()):
                if not unchanged(folder / f"{name}.{extension}", expected):
                    wrong.append(f"{name}.{extension} is missing, or was changed after it was made")
        if wrong:
            raise UsageError(
                f"{folder.name} 不能下发 / cannot be issued:\n  "
                + "\n  ".join(wrong)
                + f"\nRun `jicha run --quarter {period}` again and issue what it makes."
            )
        return dict(manifest)

    def review_sample(self, issue: Issue) -> Path | None:
        """The review sample as it was issued, None where the list had none; raises InputRefused when it was altered."""
        return self._copy(issue, SAMPLE)

    def _copy(self, issue: Issue, name: str) -> Path | None:
        """The register's own copy of a list; None where it kept none. Raises InputRefused when it was altered."""
        path = self.home.register / issue.name / name
        if name not in issue.files or name not in issue.kept:
            return None
        if not unchanged(path, issue.files[name]):
            raise InputRefused(self._altered(issue.name, name))
        return path

    def _read(self, entry: Path) -> Issue:
        try:
            issue = Issue(**json.loads(entry.read_text(encoding="utf-8")))
        except (ValueError, TypeError):
            raise InputRefused(self._altered(entry.parent.name, ENTRY)) from None
        if issue.name != entry.parent.name:
            raise InputRefused(self._altered(entry.parent.name, ENTRY))
        return issue

    def _candidates(self, issue: Issue) -> pl.DataFrame:
        path = self.home.register / issue.name / CANDIDATES
        if not unchanged(path, issue.candidates_sha256):
            raise InputRefused(self._altered(issue.name, CANDIDATES))
        return as_now(CANDIDATE, pl.read_parquet(path))

    @staticmethod
    def _altered(name: str, file: str) -> str:
        return (
            f"下发登记 register/{name}/{file} 缺失或被改动 / of the register of issued lists is missing or altered. "
            "Restore it from a backup; nothing else knows what was issued."
        )


def day_of(text: str | None) -> date | None:
    """The day of an ISO date or moment; None where there is none."""
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None
