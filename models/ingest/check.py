"""A trial read: the same way as a load, but nothing is kept and nothing is written."""

from pathlib import Path

from models.config import Config
from models.engine.duck import memory_engine
from models.home import Home
from models.ingest import store
from models.ingest.changes import look
from models.ingest.discover import discover
from models.ingest.identity import Pseudonyms
from models.ingest.summary import CheckReport, FileReport, Progress
from models.ingest.units import read


def check(landing: Path, config: Config, home: Home | None = None, progress: Progress | None = None) -> CheckReport:
    """For every file of landing: what would be loaded, quarantined (why, first lines) or refused.

    Changes nothing; rows are typed in memory and forgotten. Raises InputRefused for a faulty mapping.yaml.
    """
    found = discover(landing)
    parts, refused = look(found, {})
    report = CheckReport(refused=sorted(refused, key=lambda one: (one.file, one.reason)), warnings=list(found.warnings))
    engine = memory_engine()
    try:
        engine.con.execute("set temp_directory = ''")
        engine.con.execute("set memory_limit = $limit", {"limit": config.engine.memory_limit})
        store.prepare(engine)
        pseudonyms = Pseudonyms(bytes(32))
        readable = [parts[at] for one in found.deliveries if (at := (one.file, one.table.name)) in parts]
        for outcome in read(engine, readable, pseudonyms, False, progress):
            one, tally = outcome.part.delivery, outcome.tally
            report.files.append(
                FileReport(one.file, one.table.name, tally.rows_read, tally.loaded, tally.quarantined, tally.reasons)
            )
            if unknown := outcome.part.plan.layout.unknown:
                named = ", ".join(name[:60] for name in unknown)
                report.warnings.append(f"{one.file}: 未使用的列 / columns not used: {named}")
    finally:
        engine.close()
    return report
