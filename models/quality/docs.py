"""Data Docs under `<home>/reports/quality/`: an index, a summary a period, and a page of Great Expectations a suite."""

import html
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from models.quality.catalogue import suite_titles
from models.quality.offline import body_of, page
from models.quality.result import CheckResult

_HEADS = (
    ("状态", "status", ""),
    ("检查项", "check", ""),
    ("数据表", "table", ""),
    ("程度", "severity", ""),
    ("检查记录", "rows", "number"),
    ("不符", "violations", "number"),
    ("比例", "rate", "number"),
    ("限度", "allowed", "number"),
)


def _status(check: CheckResult) -> tuple[str, str]:
    if not check.applicable:
        return "none", "不适用 n/a"
    if check.success:
        return "passed", "✓ 通过 passed"
    return ("failed", "✗ 阻断 blocks") if check.severity == "fail" else ("warned", "! 提示 warns")


def _row(check: CheckResult) -> str:
    style, status = _status(check)
    rate = "" if check.rate is None else f"{check.rate:.2%}"
    counts = (f"{check.rows:,}", f"{check.violations:,}") if check.applicable else ("", "")
    shown = f'<br><span class="small">例 e.g. {html.escape(check.examples)}</span>' if check.violations else ""
    cells = [
        f'<td class="{style}">{status}</td>',
        f"<td>{html.escape(check.title_zh)}<br>"
        f'<span class="small">{html.escape(check.title_en)} · {check.check_id}</span>{shown}</td>',
        f'<td class="id">{html.escape(check.table)}</td>',
        f"<td>{'阻断 fail' if check.severity == 'fail' else '提示 warn'}</td>",
        *(f'<td class="number">{value}</td>' for value in (*counts, rate, f"{check.max_rate:.2%}")),
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _table(checks: Sequence[CheckResult]) -> str:
    head = "".join(f'<th class="{style}">{zh} {en}</th>' for zh, en, style in _HEADS)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(map(_row, checks))}</tbody></table>"


def _verdict(blocking: int, warning: int) -> str:
    if blocking:
        return f'<span class="failed">✗ {blocking} 项阻断 / checks block the lists</span>，{warning} 项提示 / warnings'
    return f'<span class="passed">✓ 可以出清单 / lists can be made</span>，{warning} 项提示 / warnings'


def _summary(period: str, checks: Sequence[CheckResult], pages: Sequence[str]) -> str:
    failed = [check.severity for check in checks if not check.success]
    verdict = _verdict(failed.count("fail"), failed.count("warn"))
    parts = [f"<h1>数据质量 {period} / Data quality</h1>", f"<p>{verdict}</p>"]
    for suite, (zh, en) in suite_titles().items():
        mine = [check for check in checks if check.suite == suite]
        link = f' <a class="small" href="{suite}.html">Great Expectations</a>' if suite in pages else ""
        parts.append(f"<h2>{html.escape(zh)} / {html.escape(en)}{link}</h2>{_table(mine)}")
    return page(f"数据质量 {period}", "\n".join(parts), "../index.html")


def write_period(folder: Path, period: str, checks: Sequence[CheckResult], pages: Mapping[str, str]) -> None:
    """Write `<folder>/<period>/` anew: the summary, and the pages by suite without anything from outside."""
    target = folder / period
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for suite, text in pages.items():
        title = f"{period} {' / '.join(suite_titles()[suite])}"
        body = f"<h1>{html.escape(title)}</h1>\n{body_of(text)}"
        (target / f"{suite}.html").write_text(page(title, body, "index.html"), encoding="utf-8")
    (target / "index.html").write_text(_summary(period, checks, list(pages)), encoding="utf-8")


def write_index(folder: Path, verdicts: Sequence[tuple[str, int, int]]) -> Path:
    """Write the index of all periods (with their numbers of blocking and warning checks); returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = "".join(
        f'<tr><td><a href="{html.escape(period)}/index.html">{html.escape(period)}</a></td>'
        f"<td>{_verdict(blocking, warning)}</td></tr>"
        for period, blocking, warning in verdicts
    )
    body = (
        "<h1>数据质量 / Data quality</h1><table><thead><tr><th>季度 quarter</th><th>结论 verdict</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )
    path = folder / "index.html"
    path.write_text(page("数据质量 / Data quality", body), encoding="utf-8")
    return path
