"""Stays at once, visits inside a stay, services after death, sex and age: gathered from the rules' findings."""

import polars as pl

from models.persons.found import Found, flags_of

PATTERNS = {
    "overlap_stay": ("S11",),
    "outpatient_in_stay": ("S12",),
    "after_death": ("S13",),
    "sex_age_conflict": ("R39", "R54", "R55"),
}
RULES = tuple(rule for rules in PATTERNS.values() for rule in rules)
UNIT = {
    "overlap_stay": "重叠的住院{n}次",
    "outpatient_in_stay": "住院期间门诊就医或购药结算{n}笔",
    "after_death": "登记死亡日期之后的结算{n}笔",
    "sex_age_conflict": "诊断或手术操作与性别、年龄不符的结算{n}笔",
}


def screened(findings: pl.DataFrame) -> Found:
    """Persons of the findings (with psn_id, fund_amount of the settlement): observed = settlements, limit 0."""
    pattern = {rule: name for name, rules in PATTERNS.items() for rule in rules}
    mine = findings.filter(pl.col("rule_id").is_in(list(pattern))).with_columns(
        pattern=pl.col("rule_id").replace_strict(pattern, return_dtype=pl.String)
    )
    keys = ["psn_id", "pattern"]
    flags = []
    for (psn_id, name), rows in mine.sort(*keys, "period", "setl_id", "rule_id").group_by(keys, maintain_order=True):
        count = rows["setl_id"].n_unique()
        texts = [UNIT[str(name)].format(n=count), *rows["reason"].unique(maintain_order=True).to_list()]
        flags.append((str(psn_id), str(name), count, 0, texts))
    evidence = mine.select(*keys, "setl_id", "fund_amount").unique(maintain_order=True)
    return Found(flags_of(flags), evidence)
