"""What is worth saying of sound knowledge points, which stay in use: codes nobody charged, bases nobody registered."""

import polars as pl

from models.engine import Engine
from models.rules.knowledge import Knowledge, read_knowledge
from models.rules.registry import registry

NAMED = 5
UNUSED = "的编码从未在结算中出现 / name codes that no settlement ever used"
NO_BASIS = "的 basis_id 不在 basis_b 中，依据显示为待确认 / have a basis_id that basis_b lacks"


def knowledge_remarks(engine: Engine) -> list[str]:
    """A line a knowledge table for points whose subject was never charged or coded, and for those without their basis.

    Needs `finding.subject_match` (made by a run of rules) for the first; reads only.
    """
    lines: list[str] = []
    used = _used(engine)
    bases = engine.frame("select basis_id from cur.basis_b") if engine.exists("cur.basis_b") else None
    for found in read_knowledge(engine):
        sound = found.sound
        if used is not None:
            lines += _line(found, sound, sound.join(used, on="subject_code", how="anti"), UNUSED)
        if bases is not None and not bases.is_empty():
            named = sound.filter(pl.col("basis_id").is_not_null())
            lines += _line(found, sound, named.join(bases, on="basis_id", how="anti"), NO_BASIS)
    return lines


def _used(engine: Engine) -> pl.DataFrame | None:
    """Subject codes that something answers to: items, diagnoses, operations, and diseases of the rules about those."""
    if not engine.exists("finding.subject_match"):
        return None
    matched = engine.frame("select distinct subject_code from finding.subject_match")
    stays = [rule.rule_id for rule in registry() if rule.implemented and rule.subject == "stay"]
    diseases = engine.frame("select distinct dise_codg from core.settlement where dise_codg is not null")["dise_codg"]
    wanted = [
        code
        for found in read_knowledge(engine)
        for code in found.sound.filter(pl.col("rule_id").is_in(stays))["subject_code"].unique()
        if any(one.startswith(code[:-1]) if code.endswith("*") else one == code for one in diseases)
    ]
    return pl.concat([matched, pl.DataFrame({"subject_code": wanted}, schema=matched.schema)]).unique()


def _line(found: Knowledge, sound: pl.DataFrame, some: pl.DataFrame, text: str) -> list[str]:
    if some.is_empty():
        return []
    first = some.sort("rule_id", "subject_code", "valid_from").head(NAMED)
    named = "、".join(f"{rule_id} {code}" for rule_id, code in first.select("rule_id", "subject_code").iter_rows())
    more = " …" if some.height > NAMED else ""
    return [f"{found.table}: {sound.height} 个知识点中 {some.height} 个{text}: {named[:300]}{more}"]
