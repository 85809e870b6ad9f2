"""Writes a world into the tables that the scores read. Contract tables that the world has nothing for are empty."""

from collections.abc import Iterable

import polars as pl

from models.contracts import tables
from models.engine.duck import Engine
from models.engine.frames import as_view

PAYERS = ("hifp", "cvlserv", "hifes", "hifmi", "hifob", "hifdm", "maf", "oth", "acct", "acct_mulaid")
AMOUNT = "decimal(16, 2)"
_TEXT = "varchar"
SETTLEMENT: dict[str, str] = {
    **dict.fromkeys(("setl_id", "source", "mdtrt_id", "psn_id", "gend"), _TEXT), "person_no": "integer",
    "brdy": "date", "age": "decimal(6, 1)",
    **dict.fromkeys(("insutype", "psn_type", "insu_admdvs", "fixmedins_code", "fixmedins_name"), _TEXT),
    **dict.fromkeys(("hosp_lv", "med_type"), _TEXT),
    "is_inpatient": "boolean", "begndate": "date", "enddate": "date", "setl_time": "timestamp", "month": "date",
    "quarter": _TEXT, "hi_paymtd": _TEXT, "bundled": "integer",
    **dict.fromkeys(("setl_type", "pay_loc", "dise_codg", "dscg_way", "chfpdr_code", "mid_setl_flag"), _TEXT),
    **dict.fromkeys(("ttp_pay_flag", "refund_state"), _TEXT),
    **dict.fromkeys(("medfee_sumamt", "inscp_scp_amt", "net_medfee_sumamt"), AMOUNT),
    **{f"net_{payer}_pay": AMOUNT for payer in PAYERS},
    **dict.fromkeys(("net_fund", "psn_part_amt", "pay_std"), AMOUNT),
    **dict.fromkeys(("grp_type", "grp_ver", "grp_code"), _TEXT), "wt": "decimal(14, 6)", "paid": AMOUNT,
    **{f"paid_{payer}_pay": AMOUNT for payer in PAYERS},
    **dict.fromkeys(("liable", "recovery_route"), _TEXT),
}  # fmt: skip
LINE: dict[str, str] = {
    **dict.fromkeys(("bkkp_sn", "setl_id", "mdtrt_id", "psn_id", "fixmedins_code"), _TEXT), "setl_time": "timestamp",
    "month": "date", "quarter": _TEXT, "fee_ocur_time": "timestamp", "service_date": "date",
    **dict.fromkeys(("item_code", "hilist_code", "item_name", "list_type", "med_chrgitm_type", "chrgitm_lv"), _TEXT),
    "cnt": "decimal(16, 4)", "pric": "decimal(16, 6)",
    **dict.fromkeys(
        ("det_item_fee_sumamt", "inscp_scp_amt", "overlmt_amt", "fulamt_ownpay_amt", "preselfpay_amt"), AMOUNT
    ),
    **dict.fromkeys(("dept_code", "dr_code", "rxno"), _TEXT), "prd_days": "decimal(16, 4)",
    "net_prd_days": "decimal(16, 4)", "state": _TEXT,
    "refunded": "boolean",
}  # fmt: skip
STAY: dict[str, str] = {
    **dict.fromkeys(("mdtrt_id", "psn_id", "fixmedins_code"), _TEXT), "begndate": "date", "enddate": "date",
    "settlements": "integer", "first_setl_id": _TEXT, "last_setl_id": _TEXT, "last_setl_time": "timestamp",
    "interim": "boolean", "net_fund": AMOUNT,
}  # fmt: skip
PROVIDER: dict[str, str] = {
    **dict.fromkeys(("fixmedins_code", "fixmedins_name", "fixmedins_type", "hosp_lv", "biznat"), _TEXT),
    **dict.fromkeys(("spec_type", "admdvs"), _TEXT),
    "bed_cnt": "integer", "opened_on": "date", "active_from": "date", "active_to": "date", "outside": "boolean",
}  # fmt: skip
DIAGNOSIS: dict[str, str] = {
    **dict.fromkeys(("setl_id", "diag_code", "diag_name", "diag_type"), _TEXT), "is_main": "boolean",
    "is_icd": "boolean", "adm_cond_type": _TEXT, "diag_srt_no": "integer",
}  # fmt: skip
OPERATION: dict[str, str] = {
    **dict.fromkeys(("setl_id", "oprn_oprt_code", "oprn_oprt_name"), _TEXT), "oprn_oprt_date": "date",
    "is_main": "boolean", "oper_dr_code": _TEXT,
}  # fmt: skip


def empty_contract(engine: Engine) -> None:
    """All `cur.*` tables of the contract, empty."""
    for name, table in tables().items():
        columns = ", ".join(f"{column.inside} {column.sql_type}" for column in table.columns.values())
        engine.con.execute(f"create or replace table cur.{name} ({columns}, file_id integer, line_no bigint)")


def write(engine: Engine, table: str, columns: dict[str, str], frames: Iterable[pl.DataFrame]) -> None:
    """Make `table` anew from frames; a column that a frame lacks is null."""
    engine.con.execute(f"create or replace table {table} ({', '.join(f'{n} {k}' for n, k in columns.items())})")
    for frame in frames:
        add(engine, table, frame)


def number_people(engine: Engine) -> None:
    """Make core.person of the people in core.settlement, whose person_no must follow the order of psn_id."""
    engine.con.execute(
        "create or replace table core.person as select psn_id, any_value(person_no) as person_no from core.settlement "
        "group by psn_id"
    )


def add(engine: Engine, table: str, frame: pl.DataFrame) -> None:
    """Append rows by column name, cast to the table's types."""
    names = ", ".join(frame.columns)
    with as_view(engine, "world_rows", frame):
        engine.con.execute(f"insert into {table} ({names}) select {names} from world_rows")
