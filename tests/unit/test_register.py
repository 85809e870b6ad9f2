"""The register: what may be issued, and that nothing in it is altered."""

import hashlib
import json
from typing import Any

import polars as pl
import pytest

from models.errors import InputRefused, UsageError
from models.money.register import Register
from tests.bureau import Q1, Q2, A, B, Bureau
from tests.given import rows_of
from tests.served import serve


def test_issuing_nothing_is_a_usage_error(bureau: Bureau) -> None:
    with pytest.raises(UsageError, match="no lists to issue"):
        Register(bureau.home).issue(Q1)
    bureau.run([A]).issue()
    with pytest.raises(UsageError, match="is issued up to 2025Q1"):
        Register(bureau.home).issue(Q1)


def test_stale_blocked_or_edited_lists_are_not_issued(bureau: Bureau) -> None:
    folder = serve(bureau.run([A]).engine, bureau.home, Q1)
    assert folder is not None
    with pytest.raises(UsageError, match="stale"):
        Register(bureau.home).issue(Q1, stale="a month was delivered again")
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "blocked": "keys"}))
    with pytest.raises(UsageError, match="blocked"):
        Register(bureau.home).issue(Q1)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "clawback.parquet").write_bytes(b"other")
    with pytest.raises(UsageError, match="changed after it was made"):
        Register(bureau.home).issue(Q1)
    assert Register(bureau.home).issues() == []


def test_an_altered_register_is_refused(bureau: Bureau) -> None:
    bureau.run([A]).issue()
    (bureau.home.register / Q1 / "clawback.parquet").write_bytes(b"other")
    with pytest.raises(InputRefused, match="altered"):
        Register(bureau.home).issued_candidates()


def test_a_list_issued_by_an_earlier_version_is_read_and_is_no_news(bureau: Bureau) -> None:
    """A column that the list has since is null there: the register outlives versions."""
    folder = serve(bureau.run([A]).engine, bureau.home, Q1)
    assert folder is not None
    path, about = folder / "clawback.parquet", folder / "manifest.json"
    pl.read_parquet(path).drop("item_name").write_parquet(path)
    said = json.loads(about.read_text())
    said["lists"]["clawback"]["sha256"] = {"parquet": hashlib.sha256(path.read_bytes()).hexdigest()}
    about.write_text(json.dumps(said))
    Register(bureau.home).issue(Q1)
    assert Register(bureau.home).issued_candidates()["item_name"].to_list() == [None]
    assert bureau.run([A]).rows() == [("R01", "A", 60, "issued")]
    assert bureau.listed() == []


def test_the_issued_folder_stays_untouched_and_the_register_is_a_copy(bureau: Bureau) -> None:
    bureau.run([A]).issue()
    before = {path.name: path.read_bytes() for path in (bureau.home.lists / Q1).iterdir()}
    mark = Register(bureau.home).fingerprint()
    bureau.run([A, B]).issue()
    assert {path.name: path.read_bytes() for path in (bureau.home.lists / Q1).iterdir()} == before
    assert Register(bureau.home).fingerprint() != mark
    assert (bureau.home.register / Q1 / "clawback.parquet").read_bytes() == before["clawback.parquet"]


def test_extrapolated_money_nets_what_was_found_after_the_first_list_and_nothing_on_it(bureau: Bureau) -> None:
    """S1 was on the first list, so it is no part of what was sampled; S2 and S3 passed and were found later."""
    world: dict[str, Any] = {
        "setl_d": [{"setl_id": f"S{n}", "hifp_pay": 100, "setl_time": f"2025-02-1{n} 09:00:00"} for n in (1, 2, 3)],
        "fee_list_d": [],
    }
    bureau.run([{}], **world).issue()
    back = {"recovery_id": "X", "fixmedins_code": "H1", "period": Q1, "source": "extrapolated", "fund_amount": 130}
    later = [{}, {"setl_id": "S2"}, {"setl_id": "S3"}]
    rows = "select setl_id, fund_amount::integer, status from money.claim order by setl_id"
    bureau.run(later, **world, recovered_d=[back])
    assert rows_of(bureau.engine, rows) == [("S1", 100, "issued"), ("S3", 70, "new")]
    assert bureau.issue() == "2025Q1-s01"
    bureau.run(later, **world, recovered_d=[back])  # issued in a supplement it is still in the frame
    assert rows_of(bureau.engine, rows) == [("S1", 100, "issued"), ("S3", 70, "issued")]


@pytest.mark.parametrize(("back", "claimed"), [(200, []), (130, [("S3", 70)]), (0, [("S2", 100), ("S3", 100)])])
def test_extrapolated_money_nets_what_a_later_quarter_finds_in_its_frame(
    bureau: Bureau, back: int, claimed: list[tuple[str, int]]
) -> None:
    """Visits of the first quarter in a stay that ends in the second: found by the second, in the frame of the first."""
    world: dict[str, Any] = {
        "setl_d": [{"setl_id": f"S{n}", "hifp_pay": 100, "setl_time": f"2025-02-1{n} 09:00:00"} for n in (1, 2, 3)],
        "fee_list_d": [],
    }
    bureau.run([{}], **world).issue()
    later = [{}, {"setl_id": "S2", "period": Q2}, {"setl_id": "S3", "period": Q2}]
    row = {"recovery_id": "X", "fixmedins_code": "H1", "period": Q1, "source": "extrapolated", "fund_amount": back}
    rows = f"select setl_id, fund_amount::integer from money.claim where period = '{Q2}' order by setl_id"
    bureau.run(later, Q2, **world, recovered_d=[row])
    assert rows_of(bureau.engine, rows) == claimed
    if claimed:
        bureau.issue(Q2)
        bureau.run(later, Q2, **world, recovered_d=[row])  # issued it is in the first quarter's frame as before
        assert rows_of(bureau.engine, rows) == claimed
