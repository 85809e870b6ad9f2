"""`jicha run`: the jobs in order, in this process, each recorded in the home's Dagster history."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Thread
from typing import Any

import dagster as dg
from dagster import DagsterInstance

from assets.quality import begin_quarters
from models import due, ingest
from models.errors import GateBlocked, InputRefused, JichaError, RuleFailed, UsageError
from models.exhausted import exhausted
from models.home import Home
from models.lists import monthly
from models.lists.facts import absent
from models.session import Options, Session, open_session
from pipelines.assembly import build_defs
from pipelines.beside import import_beside
from pipelines.history import close_history
from pipelines.instance import PROCESS_TAG, clear_dead_runs, open_instance, process_tag, quiet
from pipelines.opening import Opening, open_run
from pipelines.partitions import month_key, quarter_key, quarter_name
from pipelines.thinning import thin

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"
_BY_CODE = {kind.exit_code: kind for kind in (RuleFailed, UsageError, InputRefused, GateBlocked)}


@dataclass
class Outcome:
    """What one `jicha run` did: folders of lists made, what was up to date, what was blocked."""

    made: list[Path] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
    blocked: dict[str, str] = field(default_factory=dict)
    switched_off: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    workload: list[str] = field(default_factory=list)


def _causes(error: Any) -> Iterator[str]:
    """Kind and text of a step's error and of those it came from."""
    while error is not None:
        yield f"{error.cls_name}: {error.message}"
        error = error.cause


def _stopped(error: Any) -> bool:
    """Whether people stopped the run (Ctrl-C, kill): between two statements, or in one of the database."""
    signs = ("DagsterExecutionInterruptedError:", "Query interrupted")
    return any(sign in text for text in _causes(error) for sign in signs)


def _fault(step: str, error: Any, message: str, home: Path | None) -> str:
    """A fault of jicha in a step: its kind alone, for its text may quote data; all of it when asked for."""
    if _stopped(error):
        return f"已中止 / stopped during step {step}: what had been finished stays, running again is safe."
    if os.environ.get("JICHA_DEBUG"):
        return f"步骤 {step} 出错 / step failed:\n{error.to_string() if error else message}"
    ran_out = exhausted(_causes(error), home)
    if ran_out:
        return f"步骤 {step} / step: {ran_out}"
    cause = error.cause if error and error.cause else error
    kind = cause.cls_name if cause else "?"
    return (
        f"步骤 {step} 出错，程序内部错误 / step failed, a fault of jicha: {kind}. Set JICHA_DEBUG=1 to see where; "
        "what had been finished stays, running again is safe."
    )


def _first_failure(result: dg.ExecuteInProcessResult, home: Path | None = None) -> JichaError:
    """The user's error behind a failed run; anything else is a fault of jicha."""
    for event in result.all_events:
        if event.event_type_value != "STEP_FAILURE":
            continue
        data = event.step_failure_data
        user = data.user_failure_data
        if user is not None and "exit_code" in user.metadata:
            code = int(str(user.metadata["exit_code"].value))
            return _BY_CODE.get(code, JichaError)(user.description or "")
        return JichaError(_fault(str(event.step_key), data.error, event.message or "", home))
    return JichaError("运行失败 / the run failed without a step failure; see the Dagster UI")


def _failed_checks(result: dg.ExecuteInProcessResult) -> list[str]:
    lines = []
    for event in result.all_events:
        if event.event_type_value != "ASSET_CHECK_EVALUATION":
            continue
        check = event.asset_check_evaluation_data
        if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR:
            message = check.metadata.get("message")
            lines.append(f"  {check.check_name}: {message.value if message else ''}")
    return lines


def _period(partition_key: str | None) -> str:
    """What people call a partition: the quarter, the plan's year, or loading."""
    if partition_key is None:
        return "入库 / load"
    return quarter_name(partition_key) if "-" in partition_key else partition_key


#: what a job does, for who waits for it
_DOES = {
    "load": "入库 / loading",
    "load_reference": "入库 / loading",
    "quarter": "季度清单 / lists of",
    "relist": "季度清单（阈值变化） / lists, thresholds changed, of",
    "plan": "年度计划 / plan of",
    "publish": "发布快照与报告网页 / publishing snapshot and report site",
}


def _doing(job: str, partition_key: str | None) -> str:
    """The job under way, and its quarter or year."""
    return " ".join([_DOES.get(job, job), *([_period(partition_key)] if partition_key else [])])


class Runner:
    """Runs the jobs of one home, in this process."""

    def __init__(self, options: Options, instance: DagsterInstance) -> None:
        self.options = options
        self.instance = instance
        self._session: Session | None = None
        self.defs = build_defs(options, lambda: self._session)
        self.attention: list[str] = []  # what issued lists ask people for, by the last job that looked

    @contextmanager
    def open_home(self) -> Iterator[Session]:
        """One session for all jobs run inside."""
        with open_session(self.options) as self._session:
            try:
                yield self._session
            finally:
                self._session = None

    def job(self, name: str, partition_key: str | None = None, months: list[str] | None = None) -> None:
        """Run one job; raises the user's error, or GateBlocked when a blocking check failed."""
        if self.options.progress:
            self.options.progress(_doing(name, partition_key))
        tags: dict[str, Any] = {PROCESS_TAG: process_tag()}
        if months:
            tags |= {RANGE_START: month_key(months[0]), RANGE_END: month_key(months[-1])}
        result = self.defs.resolve_job_def(name).execute_in_process(
            instance=self.instance, partition_key=partition_key, tags=tags, run_config=quiet(), raise_on_error=False
        )
        for event in result.get_asset_materialization_events():
            told = event.step_materialization_data.materialization.metadata.get("attention")
            if told is not None:
                self.attention = str(told.value).splitlines()
        failed = _failed_checks(result)
        if failed:
            raise GateBlocked(
                f"{_period(partition_key)} 数据质量不过关，清单未生成 / quality gate stopped the lists:\n"
                + "\n".join(failed)
                + "\n修正数据后重跑，或以 --accept-quality 理由 放行 / mend the data or pass --accept-quality REASON."
            )
        if not result.success:
            raise _first_failure(result, self.options.home)


def run(
    options: Options,
    quarter: str | None = None,
    year: int | None = None,
    opening: Opening | None = None,
) -> Outcome:
    """Load what is new, then make every list that is due (or just the quarter and year asked for).

    `opening` is what `open_run` found, where it has looked already; else it looks now.
    """
    opening = opening or open_run(options)
    imports = import_beside() if opening.new else None
    instance = open_instance(opening.home)
    try:
        clear_dead_runs(instance)
        remarks: list[str] = []
        options = replace(options, home=opening.home.root, remark=remarks.append)
        outcome = _run(Runner(options, instance), quarter, year, imports)
        outcome.warnings = [*opening.remarks, *outcome.warnings, *remarks, *thin(instance)]
        return outcome
    finally:
        instance.dispose()
        close_history()


def _load(runner: Runner) -> None:
    assert runner.options.landing is not None
    months = [name for name in ingest.folders(runner.options.landing) if ingest.is_month(name)]
    if months:
        runner.job("load", months=months)
    else:
        runner.job("load_reference")


def _quarters(runner: Runner, plan: due.Due, outcome: Outcome) -> None:
    """The quarters in their order, in one session, so that the work of later ones may begin early."""
    whole = [str(period) for period in plan.quarters if period not in plan.relisted]
    with runner.open_home() as session:
        begin_quarters(session, whole, runner.defs.resolve_job_def("quarter").asset_layer.selected_asset_keys)
        for period in plan.quarters:
            try:
                runner.job("relist" if period in plan.relisted else "quarter", partition_key=quarter_key(period))
                outcome.made.append(due.folder_of(session.home, str(period)))
            except GateBlocked as stopped:
                outcome.blocked[str(period)] = str(stopped)


def _run(runner: Runner, quarter: str | None, year: int | None, imports: Thread | None) -> Outcome:
    outcome = Outcome()
    _load(runner)
    with open_session(runner.options) as session:
        outcome.warnings = ingest.remarks(session.engine)
        outcome.switched_off = absent(session)
    plan = due.due(runner.options, quarter, year)
    outcome.fresh = [str(period) for period in plan.fresh]
    outcome.warnings += plan.warnings
    home = Home(runner.options.home)
    if imports and (plan.quarters or plan.year):
        imports.join()
    if plan.quarters:
        _quarters(runner, plan, outcome)
    if plan.year is not None and not outcome.blocked:
        runner.job("plan", partition_key=str(plan.year))
        outcome.made.append(due.folder_of(home, str(plan.year)))
    if outcome.made:
        runner.job("publish")
    outcome.warnings += runner.attention
    outcome.workload = monthly.workloads(home, outcome.made)
    return outcome
