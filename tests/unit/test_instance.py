"""Slots of the pool: a run that died gives back what it held, took or waited for."""

from pathlib import Path

from models.home import Home
from pipelines.instance import clear_dead_runs, open_instance

POOL = "warehouse"


def test_slots_of_dead_runs_are_freed_however_far_they_had_come(tmp_path: Path) -> None:
    instance = open_instance(Home(tmp_path))
    try:
        storage = instance.event_log_storage
        storage.set_concurrency_slots(POOL, 1)
        assert storage.claim_concurrency_slot(POOL, "gone", "took").is_claimed
        assert not storage.claim_concurrency_slot(POOL, "gone too", "waits").is_claimed
        storage.free_concurrency_slots_for_run("gone")  # the slot is now assigned to the one that waited
        assert storage.get_concurrency_info(POOL).assigned_run_ids == {"gone too"}
        clear_dead_runs(instance)
        info = storage.get_concurrency_info(POOL)
        assert not info.active_run_ids | info.assigned_run_ids | info.pending_run_ids
        assert storage.claim_concurrency_slot(POOL, "next", "takes").is_claimed
    finally:
        instance.dispose()
