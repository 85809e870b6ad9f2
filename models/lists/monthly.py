"""The review sample of a month that is loaded while its quarter has no lists yet: `<home>/lists/<YYYYMM>/`."""

import re
import shutil
from pathlib import Path

from models import due, sampling
from models.home import Home
from models.lists.facts import manifest_facts
from models.lists.folder import frame_of
from models.lists.manifest import write_manifest
from models.lists.replace import replaced_folder
from models.lists.write import write_list
from models.manifest import has_manifest, read_manifest
from models.periods import first_day, parse_quarter, quarter_of
from models.session import Session

#: older months without lists wait for their quarter's
NEWEST = 3
_MONTH = re.compile(r"\d{6}")


def write_months(session: Session) -> list[sampling.ReviewSummary]:
    """Draw from each of the newest months whose quarter has no lists yet, and write its folder; others' folders go."""
    waiting = _waiting(session)
    for folder in _folders(session.home):
        if folder.name not in waiting:
            shutil.rmtree(folder)
    return [_write(session, month) for month in waiting]


def retire_months(home: Home, period: str) -> None:
    """Remove the monthly folders of a quarter whose own list holds their draws now."""
    for folder in _folders(home):
        if folder.name in parse_quarter(period).months:
            shutil.rmtree(folder)


def workloads(home: Home, folders: list[Path]) -> list[str]:
    """The workload of second review of these folders of lists and of the months that wait, a line each."""
    lines = []
    for folder in [*folders, *_folders(home)]:
        said = read_manifest(folder) or {}
        if said.get("review"):
            lines.append(sampling.workload_line(folder.name, said["review"]["workload"]))
    return lines


def _folders(home: Home) -> list[Path]:
    return sorted(path for path in home.lists.glob("[0-9]*") if path.is_dir() and _MONTH.fullmatch(path.name))


def _waiting(session: Session) -> list[str]:
    limit = session.options.as_of
    months = [
        month
        for month in due.loaded_months(session)
        if not has_manifest(session.home.lists / str(quarter_of(first_day(month))))
        and (limit is None or first_day(month) <= limit.date())
    ]
    return months[-NEWEST:]


def _write(session: Session, month: str) -> sampling.ReviewSummary:
    made = sampling.monthly_draw(session.engine, first_day(month), session.config)
    facts = manifest_facts(session, month)
    about = {"期间 / period": month, "截止 / as of": str(facts["as_of"])}
    with replaced_folder(session.home.lists / month) as folder:
        frame = frame_of(session, "review_sample", month)
        files = {"review_sample": write_list("review_sample", frame, folder, session.config.language, about)}
        write_manifest(folder, period=month, lists=files, config=session.config, **facts)
    return made
