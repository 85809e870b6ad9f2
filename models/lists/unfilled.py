"""Columns that are delivered empty, or not at all, and what that switches off."""

from models.engine import Engine
from models.ingest import delivered

#: any one of the columns is enough; of tables that nobody delivered `absent` speaks
ANY_OF = {
    ("psn_info_b.household_no",): "户号：同一家庭只能按年龄推断 / households are inferred from ages alone",
    ("psn_info_b.death_date",): "死亡日期：死亡后结算 / services after death",
    ("setl_d.brdy", "setl_d.age", "psn_info_b.brdy"): (
        "年龄：年龄规则、按年龄推断家庭、同龄比较 / age rules, households by ages, comparison with the same age"
    ),
    ("setl_d.gend", "psn_info_b.gend"): "性别：性别规则、同性别比较 / sex rules, comparison with the same sex",
    ("setl_list_diag_d.diag_code", "setl_d.dise_codg"): (
        "诊断和病种：体检、慢特病、透析只按医疗类别和项目名称识别 / screenings, chronic care and dialysis are known by "
        "kind of visit and item name alone"
    ),
    ("hilist_b.days_per_pack", "fee_list_d.prd_days"): "可用天数：超量囤药 / hoarding",
    ("setl_d.hosp_lv", "medins_info_b.hosp_lv"): "医院等级：同类比较不分等级 / peers are not told apart by level",
    ("setl_d.hi_paymtd",): "支付方式：一律按项目付费 / every case counts as paid by item",
    ("fee_list_d.bilg_dr_codg", "setl_d.chfpdr_code"): "医生：指向的医生、医生层级 / doctors",
}


def unfilled(engine: Engine) -> list[str]:
    """What columns without a single value switch off, a line each."""
    there = delivered(engine)

    def silent(column: str) -> bool:
        table, name = column.split(".")
        if table not in there:
            return True
        found = engine.con.execute(f"select 1 from cur.{table} where {name} is not null limit 1")
        return not found.fetchall()

    told = []
    for columns, what in ANY_OF.items():
        tables = {column.split(".")[0] for column in columns}
        if (len(tables) > 1 or tables <= there) and all(silent(column) for column in columns):
            told.append(f"{'、'.join(columns)}: {what}")
    return told
