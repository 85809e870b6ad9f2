"""The contract of the lists: names, order, keys, words."""

import pytest

from models.contracts import ListSpec, lists

CLAWBACK = """candidate_id period fixmedins_code fixmedins_name setl_id bkkp_sn mdtrt_id ipt_otp_no psn_id insutype
med_type setl_time fee_ocur_time item_code item_name cnt pric allowed excess dept_code dr_code rule_id rule_name track
gross_amount fund_amount acct_amount fund_split amount_method amount_status bundled liable recovery_route confidence
confidence_basis also_found_by evidence reason basis first_seen_period status notice_no notified_on reply_due_on"""
INSPECTION = """rank fixmedins_code fixmedins_name mode risk_score exposure_amount expected_recovery
expected_recovery_low expected_recovery_high rank_low rank_high rank_last_year reasons reason peer_group
look_at planned"""
NAMES = (
    "clawback clawback_provider review_case rule_report team_report provider_score deviation indicator "
    "upcoding_provider upcoding_case outlier gathering_group gathering_member gathering_case cohort person "
    "person_link person_hub review_sample review_estimate fund_watch credit_provider credit_doctor "
    "annual_assessment inspection inspection_plan inspection_draw inspection_rate theme_plan theme_draw quality"
)

every_list = pytest.mark.parametrize("spec", lists().values(), ids=lists())


def test_every_list_of_the_contract_is_there() -> None:
    assert list(lists()) == NAMES.split()


@pytest.mark.parametrize(("name", "columns"), [("clawback", CLAWBACK), ("inspection", INSPECTION)])
def test_columns_stand_in_the_order_of_the_contract(name: str, columns: str) -> None:
    assert list(lists()[name].names) == columns.split()


@every_list
def test_the_order_of_rows_leaves_no_tie(spec: ListSpec) -> None:
    ordered = {name for told, _ in spec.order_by for name in told.split("*")}
    assert set(spec.key) <= ordered <= set(spec.names)


@every_list
def test_every_column_is_explained_in_both_languages(spec: ListSpec) -> None:
    titles = [column.title_zh for column in spec.columns]
    assert len(set(titles)) == len(titles)
    for column in spec.columns:
        assert column.title_zh and column.title_en and column.explanation_zh and column.explanation_en
        assert len(set(column.values.values())) == len(column.values)
        assert column.type != "double" or column.decimals is not None


@every_list
def test_amounts_are_decimal_yuan(spec: ListSpec) -> None:
    for column in spec.columns:
        if column.show == "amount" or column.name.endswith("amount"):
            assert column.type == "decimal(16,2)"


@every_list
def test_no_column_accuses_or_identifies(spec: ListSpec) -> None:
    words = " ".join(
        [spec.explanation_zh, spec.explanation_en, *(c.explanation_zh + c.explanation_en for c in spec.columns)]
    )
    assert not any(word in words.lower() for word in ("fraud", "欺诈", "骗保"))
    assert not {"psn_no", "psn_name", "certno"} & set(spec.names)
