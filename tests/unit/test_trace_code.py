"""What stands in a trace code's place is no code. Not a case: there every code bears its case's mark."""

import pytest

from models import core, rules
from models.config import Config
from models.engine.duck import memory_engine
from tests.given import given


@pytest.mark.parametrize(
    ("code", "found"),
    [("81234567890123456789", 1), ("00000000000000000000", 0), ("9999", 0), ("无", 0), ("无追溯码", 0), ("NA", 0)],
)
def test_placeholders_are_no_codes(code: str, found: int) -> None:
    engine = memory_engine()
    sale = {"fixmedins_code": "H1", "med_list_codg": "XA01", "cnt": 1, "drug_trac_codg": code}
    given(
        engine,
        setl_d=[{"setl_id": "S1", "hifp_pay": 30}, {"setl_id": "S2", "psn_no": "P2", "hifp_pay": 30}],
        fee_list_d=[{"setl_id": "S1", "med_list_codg": "XA01"}, {"setl_id": "S2", "med_list_codg": "XA01", "pric": 30}],
        sel_d=[
            {**sale, "doc_sn": "X1", "setl_id": "S1", "ocur_time": "2025-02-10 09:00:00"},
            {**sale, "doc_sn": "X2", "setl_id": "S2", "ocur_time": "2025-02-10 10:00:00"},
        ],
    )
    core.build(engine, Config())
    assert rules.run_rules(engine, ["S18"], Config())["S18"].rows == found
