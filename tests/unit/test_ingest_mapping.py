"""mapping.yaml: a bureau that names things otherwise."""

from datetime import datetime

import pytest

from models import ingest
from models.errors import InputRefused
from tests.unit.ingest_support import World, world  # noqa: F401

CLAIMS = """CLM_ID,WHO,PROV,FROM,THRU,PAID,SEX,DX1,DX2,DX3
C1,P1,H1,20250101,20250105,100.00,M,A01,B02,
C2,P2,H1,20250103,,50.00,F,A01,,A01
C3,P3,H2,20250103,20250110,70.00,X,,,
"""
MAPPING = """
tables:
  setl_d:
    files: ["claims*.csv.gz"]
    columns: {setl_id: CLM_ID, mdtrt_id: CLM_ID, psn_no: who, fixmedins_code: PROV, begndate: FROM, enddate: THRU,
              setl_time: THRU, medfee_sumamt: PAID, hifp_pay: PAID, fund_pay_sumamt: PAID, gend: SEX}
    constants: {insutype: 390, med_type: "21"}
    values: {gend: {M: "1", F: 2}}
    month_from: setl_time
  setl_list_diag_d:
    files: ["claims*.csv.gz"]
    columns: {setl_id: CLM_ID}
    wide: {diag_code: [DX1, DX2, DX3]}
    month_from: THRU
"""


def test_one_file_feeds_several_tables(world: World) -> None:  # noqa: F811
    world.put("mapping.yaml", MAPPING)
    world.put("claims_1.csv.gz", CLAIMS)
    summary = world.load()
    assert summary.loaded_units == ["mapped/setl_d", "mapped/setl_list_diag_d"]
    assert world.rows("select setl_id, mdtrt_id, insutype, gend, setl_time from cur.setl_d order by 1") == [
        ("C1", "C1", "390", "1", datetime(2025, 1, 5)),
        ("C3", "C3", "390", "X", datetime(2025, 1, 10)),
    ]
    found = world.rows("select setl_id, diag_code, maindiag_flag, diag_srt_no, line_no from cur.setl_list_diag_d")
    assert sorted(found) == [("C1", "A01", "1", 1, 2), ("C1", "B02", "0", 2, 2)]
    fates = {(one["table"]): one for one in ingest.input_rows(world.engine)}
    assert fates["setl_d"]["reasons"] == {"missing:enddate": 1, "missing:setl_time": 1, "bad_date:month_from": 1}
    assert (fates["setl_list_diag_d"]["rows_read"], fates["setl_list_diag_d"]["quarantined"]) == (4, 2)


def test_a_repeated_code_of_a_line_is_superseded_and_the_main_one_stays(world: World) -> None:  # noqa: F811
    world.put("mapping.yaml", MAPPING.replace("    month_from: THRU\n", ""))
    world.put("claims_1.csv.gz", CLAIMS)
    world.load()
    found = world.rows("select maindiag_flag, diag_srt_no from cur.setl_list_diag_d where setl_id = 'C2'")
    assert found == [("1", 1)]


def test_a_changed_mapping_loads_its_files_again(world: World) -> None:  # noqa: F811
    world.put("mapping.yaml", MAPPING)
    world.put("claims_1.csv.gz", CLAIMS)
    world.load()
    world.put("mapping.yaml", MAPPING.replace("390", "310"))
    summary = world.load()
    assert summary.loaded_units == ["mapped/setl_d"] and summary.unchanged_units == ["mapped/setl_list_diag_d"]
    assert set(world.values("select insutype from cur.setl_d")) == {"310"}


def test_a_mapped_file_may_lie_in_a_month_and_keep_the_contracts_names(world: World) -> None:  # noqa: F811
    world.put("mapping.yaml", "tables: {drg_grp_d: {files: ['202501/groups.csv'], columns: {grp_code: DRG}}}")
    world.put("202501/groups.csv", "setl_id,grp_type,grp_ver,DRG\nS1,DRG,2.0,FM19\n")
    assert world.load().loaded_units == ["202501/drg_grp_d"]
    assert world.values("select grp_code from cur.drg_grp_d") == ["FM19"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("tables: [1, 2", ["YAML"]),
        ("tables: {setl_x: {files: ['a'], columns: {a: b}}, setl_d: {files: [], colums: {}}}", ["files", "colums"]),
        ("tables: {setl_x: {files: ['a'], columns: {a: b}}, drg_std: {files: ['a'], columns: {who: b}}}",
         ["setl_x", "no such table", "who", "grp_code"]),
        ("tables: {setl_list_diag_d: {files: ['a'], wide: {diag_code: [a, b], diag_name: [c]}}}", ["one length"]),
        ("tables: {setl_d: {files: ['../x.csv'], columns: {setl_id: A}}}", ["inside"]),
        ("tables: {setl_d: {files: ['a'], columns: {setl_id: A}, constants: {setl_id: B}}}", ["more than once"]),
    ],
)  # fmt: skip
def test_faults_are_named_all_at_once(world: World, text: str, parts: list[str]) -> None:  # noqa: F811
    world.put("mapping.yaml", text)
    with pytest.raises(InputRefused) as refused:
        world.load()
    assert all(part in str(refused.value) for part in parts) and refused.value.exit_code == 3


def test_columns_that_are_not_there_refuse_the_file(world: World) -> None:  # noqa: F811
    world.put("mapping.yaml", MAPPING)
    world.put("claims_1.csv.gz", CLAIMS.replace("DX3", "DX9").replace("WHO", "PERSON"))
    with pytest.raises(InputRefused) as refused:
        world.load()
    assert "who" in str(refused.value) and "DX3" in str(refused.value)
