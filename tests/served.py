"""Lists as the pipeline serves them, for tests of the register: only the clawback list and its manifest."""

import hashlib
import json
from pathlib import Path

from models.contracts.lists import lists
from models.engine.duck import Engine
from models.home import Home
from models.money import supplement
from models.money.register import Register


def serve(engine: Engine, home: Home, period: str) -> Path | None:
    """Write the period's list, or once it is issued the supplement (None where nothing changed)."""
    register = Register(home)
    frame = engine.frame("select * from money.claim where period = $period", {"period": period})
    if register.issued(period):
        frame = supplement(frame, register.issued_candidates())
        if frame.is_empty():
            return None
    folder = home.lists / register.next_name(period)
    folder.mkdir(parents=True, exist_ok=True)
    frame.select(lists()["clawback"].names).write_parquet(folder / "clawback.parquet")
    digest = hashlib.sha256((folder / "clawback.parquet").read_bytes()).hexdigest()
    about = {"clawback": {"rows": frame.height, "sha256": {"parquet": digest}}}
    known = engine.frame("select max(decided_on)::varchar as day from cur.recovered_d")["day"][0]
    manifest = {"period": period, "as_of": "2025-04-10T00:00:00", "recovered_until": known, "lists": about}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder
