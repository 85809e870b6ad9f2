"""Which rows count: of each key the newest version, unless it is cancelled; the fate of every row."""

from models.contracts import Table, tables
from models.engine import Engine
from models.ingest import store

# decisions and replies are append-only: a repeated key is a later delivery of the same entry


def resolve(engine: Engine, force: bool = False) -> None:
    """Make `cur.*`, `meta.lost` and `meta.row_fate` from `raw.*`; does nothing when no raw table changed since.

    Among versions of one key the newest `updt_time` wins (none is oldest), ties by folder, file, line (later wins);
    then winners with `vali_flag = '0'` are dropped as cancelled. Runs inside the caller's transaction, if there is one.
    """
    generation = store.info(engine, "generation") or "0"
    if not force and store.info(engine, "resolved") == generation:
        return
    engine.con.execute("delete from meta.lost")
    for table in tables().values():
        _table(engine, table)
    _fates(engine)
    engine.changed("cur")
    store.set_info(engine, "resolved", generation)


def _table(engine: Engine, table: Table) -> None:
    if engine.count(f"raw.{table.name}"):
        _supersede(engine, table)
        if "vali_flag" in table.columns:
            _cancel(engine, table)
    lost = engine.con.execute("select 1 from meta.lost where table_name = $name limit 1", {"name": table.name})
    view = f"create or replace view cur.{table.name} as select * exclude (sub_no) from raw.{table.name} r"
    if lost.fetchall():
        view += (
            f" where not exists (select 1 from meta.lost l where l.table_name = '{table.name}' "
            "and l.file_id = r.file_id and l.line_no = r.line_no and l.sub_no = r.sub_no)"
        )
    engine.con.execute(view)


def _supersede(engine: Engine, table: Table) -> None:
    """Older versions of keys that occur more than once; only those keys are ranked."""
    key = ", ".join(table.key_inside)
    same = " and ".join(f"r.{name} is not distinct from k.{name}" for name in table.key_inside)
    newest = "r.updt_time desc nulls last, " if "updt_time" in table.columns else ""
    engine.con.execute(
        f"""
        insert into meta.lost
        with k as (select {key} from raw.{table.name} group by {key} having count(*) > 1),
        ranked as (
            select r.file_id, r.line_no, r.sub_no, row_number() over (
                partition by {", ".join(f"r.{name}" for name in table.key_inside)}
                order by {newest}f.folder desc, f.file desc, r.line_no desc, r.sub_no
            ) as place
            from raw.{table.name} r
            join k on {same}
            join meta.file f on f.file_id = r.file_id
        )
        select $name, file_id, line_no, sub_no, 'superseded' from ranked where place > 1
        """,
        {"name": table.name},
    )


def _cancel(engine: Engine, table: Table) -> None:
    engine.con.execute(
        f"""
        insert into meta.lost
        select $name, r.file_id, r.line_no, r.sub_no, 'cancelled'
        from raw.{table.name} r
        where r.vali_flag = '0' and not exists (
            select 1 from meta.lost l where l.table_name = $name
            and l.file_id = r.file_id and l.line_no = r.line_no and l.sub_no = r.sub_no
        )
        """,
        {"name": table.name},
    )


def _fates(engine: Engine) -> None:
    """Rows of each (file, table) by fate; raises AssertionError when a row is unaccounted for."""
    held = " union all ".join(f"select file_id from raw.{name}" for name in tables())
    engine.con.execute("delete from meta.row_fate")
    engine.con.execute(
        f"""
        insert into meta.row_fate
        with held as (select file_id, count(*) as n from ({held}) group by file_id),
        lost as (
            select file_id, count(*) filter (fate = 'superseded') as superseded,
                count(*) filter (fate = 'cancelled') as cancelled
            from meta.lost group by file_id
        ),
        aside as (select file_id, count(*) as n from meta.quarantine group by file_id)
        select f.file_id,
            coalesce(h.n, 0) - coalesce(l.superseded, 0) - coalesce(l.cancelled, 0),
            coalesce(l.superseded, 0), coalesce(l.cancelled, 0), coalesce(a.n, 0)
        from meta.file f
        left join held h on h.file_id = f.file_id
        left join lost l on l.file_id = f.file_id
        left join aside a on a.file_id = f.file_id
        """
    )
    wrong = engine.con.execute(
        """
        select f.file, f.table_name from meta.file f join meta.row_fate r on r.file_id = f.file_id
        where f.rows_read <> r.loaded + r.superseded + r.cancelled + r.quarantined or r.loaded < 0 order by 1, 2
        """
    ).fetchall()
    if wrong:
        raise AssertionError(f"rows unaccounted for in {', '.join(f'{file} ({table})' for file, table in wrong)}")
