"""What rules and their classes are called on a page."""

from functools import cache

from models.rules import registry

#: classes of the catalogue and of jicha's own screens, for English readers
CLASSES = {
    "串换": "substitution", "价格监测": "prices", "住院行为": "hospital stays", "信息数据监管类": "data and coding",
    "医用耗材合理使用类": "consumables: proper use", "医用耗材政策限定类": "consumables: limits of cover",
    "医用耗材监管类": "consumables: supervision", "医疗服务项目合理使用类": "services: proper use",
    "医疗服务项目政策限定类": "services: limits of cover", "参保人行为": "insured persons",
    "异地就医": "care elsewhere", "待遇": "benefits",
    "支付方式改革下的编码与分组": "coding and grouping under DRG/DIP",
    "支付方式改革下的转嫁费用": "shifted costs under DRG/DIP", "统计指标监测类": "indicators",
    "药品合理使用类": "drugs: proper use", "药品政策限定类": "drugs: limits of cover",
    "药品监管类": "drugs: supervision",
    "虚构就诊": "visits that may not have been", "行为主体监管类": "conduct", "追溯码": "trace codes",
    "门诊慢特病": "chronic outpatient care", "政策类": "policy", "管理类": "management", "医疗类": "medical",
    "监测": "monitoring", "复审查实": "found in second review",
    "高编高套": "coding, decided", "就医聚集": "gathering, decided",
}  # fmt: skip


def tongue(text: str, language: str) -> str:
    """Of a remark in two languages the Chinese half, for Chinese readers.

    Others get it whole: its English half may be a summary.
    """
    chinese, both, english = text.partition(" / ")
    told_twice = both and not chinese.isascii() and english.isascii()
    return chinese if language == "zh" and told_twice else text


def class_title(name: str, language: str) -> str:
    """A class of rules in the reader's language; one that a bureau added keeps its name."""
    return name if language == "zh" else CLASSES.get(name, name)


def rule_title(rule_id: str, name: str, language: str) -> str:
    """A rule's name in the reader's language; one without an English name keeps its own."""
    return name if language == "zh" else _english_rules().get(rule_id, name)


@cache
def _english_rules() -> dict[str, str]:
    return {rule.rule_id: rule.name_en for rule in registry()}
