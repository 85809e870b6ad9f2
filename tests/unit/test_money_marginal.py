"""Amounts by what the fund would have paid without the line: deductible, steps and caps by hand."""

from pathlib import Path
from typing import Any

import pytest

from models.config import Benefit, Config, Params
from models.money.benefits import pays
from tests.claimed import claimed
from tests.given import rows_of

FLAT = {"steps": [{"above": "0", "ratio": "0.8"}]}
STEPS = {"steps": [{"above": "0", "ratio": "0.5"}, {"above": "500", "ratio": "0.9"}]}
LINES = [{"bkkp_sn": "A", "pric": 300}, {"bkkp_sn": "B", "pric": 700}]


@pytest.mark.parametrize(
    ("benefit", "scope", "deductible", "before", "expected"),
    [
        (FLAT, 100_000, None, 0, 80_000),
        ({**FLAT, "deductible": "200"}, 100_000, None, 0, 64_000),
        ({**FLAT, "deductible": "200"}, 100_000, 0, 0, 80_000),  # the settlement's own deductible goes before
        ({**FLAT, "deductible": "200"}, 15_000, None, 0, 0),
        ({**FLAT, "cap": "500"}, 100_000, None, 0, 50_000),
        ({**FLAT, "annual_cap": "700"}, 100_000, None, 30_000, 40_000),
        ({**FLAT, "annual_cap": "700"}, 100_000, None, 90_000, 0),
        (STEPS, 80_000, None, 0, 52_000),
        (STEPS, 50_000, None, 0, 25_000),
        (STEPS, 1, None, 0, 1),  # half a fen is rounded up
        ({"steps": [{"above": "100", "ratio": "0.6"}]}, 30_000, None, 0, 12_000),
    ],
)
def test_what_a_benefit_pays(benefit: Any, scope: int, deductible: int | None, before: int, expected: int) -> None:
    assert pays(Benefit.model_validate(benefit), scope, deductible, before) == expected


@pytest.mark.parametrize(
    ("benefit", "paid", "findings", "expected"),
    [
        # without A (300) the fund pays 0.8 x (700 - 200) = 400 instead of 640
        ({**FLAT, "deductible": "200"}, 640, [{"bkkp_sn": "A"}], [("A", "240.00", "marginal")]),
        # with both out nothing is paid: the amounts add up to what was paid, whatever the order
        (
            {**FLAT, "deductible": "200"},
            640,
            [{"bkkp_sn": "A"}, {"bkkp_sn": "B"}],
            [("A", "240.00", "marginal"), ("B", "400.00", "marginal")],
        ),
        # a third of A is not payable, then all of it by another rule
        (
            {**FLAT, "deductible": "200"},
            640,
            [{"bkkp_sn": "A", "part_num": 1, "part_den": 3}, {"bkkp_sn": "A", "rule_id": "R02"}],
            [("A", "80.00", "marginal"), ("A", "160.00", "marginal")],
        ),
        # beyond the cap the fund paid nothing of it
        ({**FLAT, "cap": "500"}, 500, [{"bkkp_sn": "A"}], []),
        ({**FLAT, "cap": "600"}, 600, [{"bkkp_sn": "A"}], [("A", "40.00", "marginal")]),
        (STEPS, 700, [{"bkkp_sn": "A"}], [("A", "270.00", "marginal")]),
        # a case, and a line before it
        (
            {**FLAT, "deductible": "200"},
            640,
            [{"bkkp_sn": "A"}, {"rule_id": "R02", "part_num": 1, "part_den": 2}],
            [("A", "240.00", "marginal"), (None, "400.00", "marginal")],
        ),
        # parameters that do not give what was paid are not the ones it was settled by
        ({**FLAT, "deductible": "100"}, 640, [{"bkkp_sn": "A"}], [("A", "192.00", "average_share")]),
        (
            {**FLAT, "deductible": "200", "insutypes": ["390"]},
            640,
            [{"bkkp_sn": "A"}],
            [("A", "192.00", "average_share")],
        ),
        ({**FLAT, "deductible": "200", "payer": "maf"}, 640, [{"bkkp_sn": "A"}], [("A", "192.00", "average_share")]),
    ],
)
def test_claims_by_what_the_fund_would_have_paid(
    tmp_path: Path, benefit: Any, paid: int, findings: Any, expected: Any
) -> None:
    config = Config(params=Params(amount_method="marginal", benefits=[Benefit.model_validate(benefit)]))
    case = {"setl_id": "S1", "hifp_pay": paid, "psn_part_amt": 1000 - paid}
    engine = claimed(tmp_path, findings, setl_d=[case], fee_list_d=LINES, config=config)
    statement = (
        "select bkkp_sn, fund_amount::varchar, amount_method from money.claim order by bkkp_sn nulls last, rule_id"
    )
    assert rows_of(engine, statement) == expected


def test_drg_paid_cases_keep_the_average_share(tmp_path: Path) -> None:
    config = Config(params=Params(amount_method="marginal", benefits=[Benefit.model_validate(FLAT)]))
    case = {"setl_id": "S1", "hifp_pay": 800, "psn_part_amt": 200, "hi_paymtd": "3"}
    engine = claimed(tmp_path, [{"bkkp_sn": "A"}], setl_d=[case], fee_list_d=LINES, config=config)
    assert rows_of(engine, "select fund_amount::varchar, amount_method from money.claim") == [
        ("240.00", "average_share")
    ]
