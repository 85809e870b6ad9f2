"""What every baseline does, and the data that all of them read.

Ten rules over a year (lines that break a limit of a knowledge point), cost against other hospitals of the level in the
same group, and pairs of people seen by one provider on three days or more.
"""

from pathlib import Path

from models.engine import Engine

#: rule -> knowledge table; the definitions are those of sql/findings/<table>.sql for points without windows or prefixes
RULES = {
    "R67": "kp_sex", "R81": "kp_sex", "R07": "kp_age", "R29": "kp_age", "R13": "kp_visit", "R12": "kp_level",
    "R24": "kp_level", "R14": "kp_price", "R27": "kp_frequency", "R25": "kp_exclusive",
}  # fmt: skip
TABLES = sorted(set(RULES.values()))
TASKS = ("rules", "deviation", "pairs")
JOINT_DAYS = 3
LEAST_CASES, LEAST_PEERS = 5, 5

LINE = """
    select
        bkkp_sn, setl_id, item_code, service_date, fee_ocur_time, cnt::double as cnt, pric::double as pric,
        det_item_fee_sumamt::double as amount, coalesce(overlmt_amt, 0)::double as overlmt_amt
    from core.fee_line where state = 'settled' and cnt > 0 and det_item_fee_sumamt > 0"""
SETTLEMENT = """
    select
        setl_id, mdtrt_id, psn_id, fixmedins_code, setl_time, gend, brdy, med_type, hosp_lv, is_inpatient, begndate,
        grp_type, grp_ver, grp_code, net_medfee_sumamt::double as cost, refund_state
    from core.settlement"""


def export(engine: Engine, folder: Path) -> None:
    """Write what the baselines read as Parquet: lines, settlements, points of the ten rules."""
    folder.mkdir(parents=True, exist_ok=True)
    queries = {"line": LINE, "settlement": SETTLEMENT, **{name: f"select * from cur.{name}" for name in TABLES}}
    for name, query in queries.items():
        engine.con.execute(f"copy ({query}) to '{folder / name}.parquet' (format parquet)")
