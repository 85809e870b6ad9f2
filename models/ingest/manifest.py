"""The manifest's `inputs`: every (file, table) with what became of its rows."""

from typing import Any

from models.engine import Engine


def input_rows(engine: Engine) -> list[dict[str, Any]]:
    """One entry a (file, table), ordered; needs `resolve` to have run."""
    reasons: dict[int, dict[str, int]] = {}
    for file_id, reason, rows in engine.con.execute(
        "select file_id, reason, rows from meta.quarantine_reason order by file_id, reason"
    ).fetchall():
        reasons.setdefault(file_id, {})[reason] = rows
    found = engine.con.execute(
        """
        select f.file_id, f.file, f.table_name, f.sha256, f.rows_read,
            r.loaded, r.superseded, r.cancelled, r.quarantined
        from meta.file f join meta.row_fate r on r.file_id = f.file_id order by f.file, f.table_name
        """
    ).fetchall()
    names = ("file", "table", "sha256", "rows_read", "loaded", "superseded", "cancelled", "quarantined")
    return [dict(zip(names, row[1:], strict=True)) | {"reasons": reasons.get(row[0], {})} for row in found]
