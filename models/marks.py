"""What the lists of a period were made of: marks by which a run tells what is up to date, stale, or listed anew."""

import hashlib
import json

from models.contracts.code import code_version
from models.engine import sql_text
from models.ingest import store
from models.manifest import has_manifest
from models.money.register import Register
from models.periods import parse_quarter
from models.plans.register import PlanRegister
from models.rules.registry import local_digest
from models.session import Session

LOOK_BACK_QUARTERS = 4
_STATE = """create table if not exists meta.list_state (
    period varchar primary key, data_mark varchar, register_mark varchar, as_of varchar
)"""
SPOKEN = "meta.file_quarter"  # of every file the quarters its rows speak of; every period asks for it several times
# without the thresholds; null in a home that older code made
_COMPUTED = "alter table meta.list_state add column if not exists computed_mark varchar"


def data_mark(session: Session, period: str, as_of_text: str) -> str:
    """Hash of what the lists of a period depend on, the register aside: files, configuration, code, key, as-of."""
    return _mark(session, period, as_of_text, session.config.sha256())


def _mark(session: Session, period: str, as_of_text: str, config_sha256: str) -> str:
    key = session.engine.con.execute("select value from meta.info where key = 'key_fingerprint'").fetchall()
    facts = {
        "period": period,
        "code": code_version(),
        "local_rules": local_digest(),
        "config": config_sha256,
        "key": [str(row[0]) for row in key],
        "as_of": as_of_text,
        "files": _files(session, period),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _files(session: Session, period: str) -> list[list[str]]:
    wanted = None if len(period) == 4 else {str(parse_quarter(period).shift(-n)) for n in range(LOOK_BACK_QUARTERS + 1)}
    spoken = _spoken(session)
    found = []
    rows = session.engine.con.execute("select file_id, folder, file, table_name, sha256 from meta.file").fetchall()
    for file_id, folder, file, table_name, sha256 in rows:
        about = spoken.get(int(file_id))
        if wanted is None or about is None or about & wanted or not str(folder).isdigit():
            found.append([str(file), str(table_name), str(sha256)])
    return sorted(found)


def _spoken(session: Session) -> dict[int, set[str]]:
    """The quarters that the rows of each file speak of; found anew where rows were loaded or resolved since."""
    con = session.engine.con
    state = f"{store.info(session.engine, 'generation')} {store.info(session.engine, 'resolved')}"
    if store.info(session.engine, SPOKEN) != state or not session.engine.exists(SPOKEN):
        if not session.engine.exists("core.refund_link"):  # nothing was netted yet, or by older code: all is stale then
            con.execute("create schema if not exists core")
            con.execute("create table core.refund_link (refund_id varchar, setl_id varchar)")
        con.execute(f"create or replace table {SPOKEN} as {sql_text('due/file_quarter')}")
        store.set_info(session.engine, SPOKEN, state)
    spoken: dict[int, set[str]] = {}
    for file_id, quarter in con.execute(f"select file_id, period from {SPOKEN}").fetchall():
        spoken.setdefault(int(file_id), set()).add(str(quarter))
    return spoken


def remember(session: Session, period: str) -> None:
    """Record that the lists of a period are up to date with what they depend on."""
    session.engine.con.execute(_STATE)
    session.engine.con.execute(_COMPUTED)
    as_of_text = str(session.options.as_of)
    session.engine.con.execute(
        "insert or replace into meta.list_state (period, data_mark, register_mark, as_of, computed_mark) "
        "values ($period, $data, $register, $as_of, $computed)",
        {
            "period": period,
            "data": data_mark(session, period, as_of_text),
            "register": _register_mark(session, period),
            "as_of": as_of_text,
            "computed": _mark(session, period, as_of_text, session.config.computed_sha256()),
        },
    )


def _remembered(session: Session, period: str) -> tuple[str, str, str] | None:
    if not session.engine.exists("meta.list_state"):
        return None
    rows = session.engine.con.execute(
        "select data_mark, register_mark, as_of from meta.list_state where period = $period", {"period": period}
    ).fetchall()
    return (str(rows[0][0]), str(rows[0][1]), str(rows[0][2])) if rows else None


def _computed_same(session: Session, period: str, as_of_text: str) -> bool:
    """Whether what the lists of a period were listed from is what it would be now, whatever the thresholds are."""
    if not has_manifest(session.home.lists / period) or not session.engine.exists("meta.list_state"):
        return False
    session.engine.con.execute(_COMPUTED)
    rows = session.engine.con.execute(
        "select computed_mark from meta.list_state where period = $period", {"period": period}
    ).fetchall()
    return bool(rows) and rows[0][0] == _mark(session, period, as_of_text, session.config.computed_sha256())


def only_relist(session: Session, period: str) -> bool:
    """True where the lists of a quarter are stale by their thresholds alone: its tables stand as they are."""
    known, as_of_text = _remembered(session, period), str(session.options.as_of)
    if known is None or known[1:] != (_register_mark(session, period), as_of_text):
        return False
    return known[0] != data_mark(session, period, as_of_text) and _computed_same(session, period, as_of_text)


def is_fresh(session: Session, period: str) -> bool:
    """True when the folder is there and nothing it depends on has changed."""
    known = _remembered(session, period)
    if known is None or not has_manifest(session.home.lists / period):
        return False
    as_of_text = str(session.options.as_of)
    return known == (data_mark(session, period, as_of_text), _register_mark(session, period), as_of_text)


def _register_mark(session: Session, period: str) -> str:
    """Hash of what was issued; a plan rests on the results of earlier plans as well."""
    plans = PlanRegister(session.home).fingerprint(period) if len(period) == 4 else ""
    return Register(session.home).fingerprint() + plans


def why_stale(session: Session, period: str) -> str | None:
    """Why the lists of a period may not be issued as they are, None when they may; asks for data, not the register."""
    known = _remembered(session, period)
    if store.info(session.engine, "core") == "":
        return "上次入库没有完成，先运行 jicha run / the last load did not finish: run `jicha run` first"
    if known is not None and known[0] != data_mark(session, period, known[2]):
        return "数据、配置或程序已变化 / data, configuration or code changed since they were made"
    return None


def not_made(session: Session, period: str) -> bool:
    """Whether the lists of a period are missing or of other data; later issues and thresholds do not count."""
    known = _remembered(session, period)
    if known is None or not has_manifest(session.home.lists / period):
        return True
    return why_stale(session, period) is not None and not _computed_same(session, period, known[2])
