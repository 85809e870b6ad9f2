"""The world's own knowledge points: which item each rule restricts, and how. All codes and limits are invented."""

from dataclasses import dataclass, field
from typing import Any

from models.sample.catalogue import YUAN, Item
from models.sample.groups import COMORBIDITIES

VALID_FROM = "2023-01-01"
BASIS = "B001"


@dataclass(frozen=True)
class Point:
    """One knowledge point: a row of `table` about `item` (an item key) or `code` (anything else)."""

    table: str
    rule: str
    limits: dict[str, Any]
    item: str = ""
    code: str = ""
    name: str = ""
    valid_from: str = VALID_FROM
    valid_to: str = ""
    tags: tuple[str, ...] = field(default=())


def _drug(n: int, name: str, price: float, days: int = 5, share: int = 0) -> Item:
    return Item(f"D{n}", name, "kp", "101", "09", int(price * YUAN), "02" if share else "01", share, 0, days)


def _service(n: int, name: str, price: float, chrg: str = "05") -> Item:
    return Item(f"S{n}", name, "kp", "201", chrg, int(price * YUAN))


def _material(n: int, name: str, price: float, cap: float = 0) -> Item:
    return Item(f"C{n}", name, "kp", "301", "08", int(price * YUAN), "02", 1000, int(cap * YUAN))


ITEMS: list[Item] = [
    _drug(501, "妇炎安片", 46.5),
    _drug(502, "前列通胶囊", 58.2, 7, 1000),
    _drug(503, "新生儿维生素滴剂", 21.35),
    _drug(504, "小儿退热颗粒", 26.8),
    _drug(505, "小儿止咳糖浆", 18.6),
    _drug(506, "喹诺酮注射液", 39.9, 3, 1000),
    _drug(507, "强效镇静片", 33.4, 7),
    _drug(508, "限级抗菌针剂", 128.75, 3, 1500),
    _drug(509, "住院用营养针", 96.0, 1, 2000),
    _drug(510, "缓释止痛片甲", 41.25),
    _drug(511, "缓释止痛片乙", 39.8),
    _drug(512, "高值抗凝针", 210.4, 7, 1000),
    _drug(513, "新生儿强肤膏", 24.6),
    _drug(514, "输注用营养粉", 72.4, 0),
    _drug(515, "肺病限定针剂", 148.6, 1, 1000),
    _drug(516, "强效钠潴留片", 44.2, 4),
    _drug(517, "糖病专用片", 62.5, 7, 500),
    _drug(518, "限疗程针剂", 84.0, 5, 1000),
    _drug(519, "日剂量药片甲", 51.5, 10),
    _drug(520, "日剂量药片乙", 47.9, 20),
    _drug(521, "二线降糖针", 188.0, 7, 1500),
    _drug(522, "一线降糖片", 22.4, 14),
    _service(501, "宫颈细胞学检查", 85, "04"),
    _service(502, "前列腺按摩治疗", 40),
    _service(503, "新生儿听力筛查", 78, "03"),
    _service(504, "儿童发育评估", 66),
    _service(505, "肠道肿瘤筛查", 145, "03"),
    _service(506, "儿童保健推拿", 52),
    _service(507, "高级重症会诊", 260, "02"),
    _service(508, "限价康复治疗", 100),
    _service(509, "限价检验组合", 60, "04"),
    _service(510, "理疗(单次)", 28),
    _service(511, "中医推拿(周期)", 45),
    _service(512, "急诊监护费", 62),
    _service(513, "急诊诊查费", 30, "02"),
    _service(514, "血常规全套", 35, "04"),
    _service(515, "血常规分项", 12, "04"),
    _service(516, "一次性穿刺术", 90),
    _service(517, "产后康复", 120),
    _service(518, "心理治疗(月)", 88),
    _service(519, "限额针灸", 180),
    _service(520, "专用输注操作甲", 15),
    _service(521, "专用输注操作乙", 18),
    _material(501, "妇科专用敷料", 33),
    _material(502, "新生儿留置针", 27.5),
    _material(503, "儿童吸氧面罩", 45.8),
    _material(504, "一次性造口袋", 38.0),
    _material(505, "穿刺针包", 55.0),
    _material(506, "封顶导管", 130.0, 120),
    _material(507, "封顶支架鞘", 130.0, 110),
]

_SEX: list[Point] = [
    Point("kp_sex", "R67", {"gend": "2"}, "D501"),
    Point("kp_sex", "R67", {"gend": "1"}, "D502"),
    Point("kp_sex", "R81", {"gend": "2"}, "S501"),
    Point("kp_sex", "R81", {"gend": "1"}, "S502"),
    Point("kp_sex", "R87", {"gend": "2"}, "C501"),
    Point("kp_sex", "R54", {"gend": "2"}, code="N80*", name="子宫内膜异位症类"),
    Point("kp_sex", "R54", {"gend": "2"}, code="O82.000", name="选择性剖宫产"),
    Point("kp_sex", "R54", {"gend": "1"}, code="N40.x00", name="前列腺增生"),
    Point("kp_sex", "R39", {"gend": "2"}, code="68.3100", name="腹腔镜子宫次全切除术"),
    Point("kp_sex", "R39", {"gend": "2"}, code="74*", name="剖宫产类手术"),
    Point("kp_sex", "R39", {"gend": "1"}, code="60.2900", name="经尿道前列腺切除术"),
]
_AGE: list[Point] = [
    Point("kp_age", "R06", {"age_max": 0}, "D503"),
    Point("kp_age", "R07", {"age_min": 0, "age_max": 14}, "D504"),
    Point("kp_age", "R65", {"age_max": 14}, "D505"),
    Point("kp_age", "R66", {"age_min": 18}, "D506"),
    Point("kp_age", "R72", {"age_max": 64}, "D507"),
    Point("kp_age", "R18", {"age_max": 0}, "S503"),
    Point("kp_age", "R19", {"age_max": 14}, "S504"),
    Point("kp_age", "R29", {"age_min": 40, "age_max": 74}, "S505"),
    Point("kp_age", "R80", {"age_max": 14}, "S506"),
    Point("kp_age", "R32", {"age_max": 0}, "C502"),
    Point("kp_age", "R33", {"age_max": 14}, "C503"),
    Point("kp_age", "R55", {"age_max": 0}, code="P*", name="起源于围生期的疾病"),
    Point("kp_age", "R55", {"age_min": 12, "age_max": 55}, code="O80.000", name="头位顺产"),
]
_OTHER: list[Point] = [
    Point("kp_level", "R12", {"hosp_lv_max": "06"}, "D508"),
    Point("kp_level", "R24", {"hosp_lv_max": "03"}, "S507"),
    Point("kp_price", "R14", {"pric_uplmt_amt": "100", "hosp_lv": ""}, "S508"),
    Point("kp_price", "R14", {"pric_uplmt_amt": "60", "hosp_lv": "05"}, "S509"),
    Point("kp_price", "R14", {"pric_uplmt_amt": "110", "hosp_lv": ""}, "C506"),
    Point("kp_price", "R14", {"pric_uplmt_amt": "110", "hosp_lv": ""}, "C507"),
    Point(
        "kp_price", "R14", {"pric_uplmt_amt": "9", "hosp_lv": ""}, "S1", valid_from="2020-01-01", valid_to="2022-12-31"
    ),
    Point("kp_frequency", "R27", {"max_cnt": "2", "per": "day"}, "S510"),
    Point("kp_frequency", "R31", {"max_cnt": "3", "per": "week"}, "S511"),
    Point("kp_frequency", "R31", {"max_cnt": "4", "per": "month"}, "S518"),
    Point("kp_frequency", "R86", {"max_cnt": "5", "per": "visit"}, "C504"),
    Point("kp_exclusive", "R25", {"scope": "day"}, "S512", tags=("S513",)),
    Point("kp_exclusive", "R26", {"scope": "visit"}, "S515", tags=("S514",)),
    Point("kp_exclusive", "R30", {"scope": "visit"}, "C505", tags=("S516",)),
    Point("kp_exclusive", "R69", {"scope": "day"}, "D511", tags=("D510",)),
]
#: kinds of visit, diagnoses, companions, amounts, days, doses, discounts, interactions
_POLICIES: list[Point] = [
    Point("kp_visit", "R13", {"med_types": "21|22|28|52"}, "D509"),
    Point("kp_companion", "R64", {"other_codes": "@S301|@S302", "scope": "visit"}, "D509"),
    Point("kp_companion", "R64", {"other_codes": "@S520|@S521", "scope": "day"}, "D514"),
    Point("kp_companion", "R05", {"other_codes": "@D522", "scope": "visit"}, "D521"),
    Point("kp_diagnosis", "R08", {"diag_codes": "J18*|J44.100", "mode": "needs"}, "D515"),
    Point("kp_diagnosis", "R71", {"diag_codes": "I50*|I63.900", "mode": "forbids"}, "D516"),
    Point("kp_diagnosis", "R11", {"diag_codes": "M01600", "mode": "needs"}, "D517"),
    Point(
        "kp_diagnosis",
        "R40",
        {"diag_codes": "K80*|K81*", "mode": "needs"},
        code="51.23*",
        name="腹腔镜下胆囊切除术",
    ),
    Point("kp_amount", "R28", {"max_amount": "500", "per": "month"}, "S519"),
    Point("kp_supply", "R10", {"max_days": "10", "per": "month"}, "D518"),
    Point("kp_frequency", "R68", {"max_cnt": "0.05", "per": "day"}, "D519"),
    Point("kp_frequency", "R68", {"max_cnt": "0.05", "per": "day"}, "D520"),
    Point("kp_discount", "R15", {"ratio": "0.5"}, code="003304*", name="手术项目类"),
    Point("kp_interaction", "R74", {"days": 3}, "D512", tags=("D103",)),
]
#: two rules about one item: a line can break both, and then one of them claims
_TWICE: list[Point] = [
    Point("kp_sex", "R67", {"gend": "2"}, "D513"),
    Point("kp_age", "R06", {"age_max": 0}, "D513"),
]
#: rules of other templates, which nobody in this world breaks
_KEPT: list[Point] = [
    Point("kp_visit", "R17", {"insutypes": "310|390"}, "S517"),
    Point("kp_supply", "R09", {"max_days": "92", "per": "month"}, "D101"),
    Point("kp_diagnosis", "R20", {"diag_codes": "O80.000|O82.000", "mode": "needs"}, "S517"),
]


def points() -> list[Point]:
    """Every knowledge point of the world."""
    out = [*_SEX, *_AGE, *_OTHER, *_POLICIES, *_TWICE, *_KEPT]
    for code, name, level, items in COMORBIDITIES:
        if level:
            out.append(Point("kp_cc", "S20", {"level": level}, code=code, name=name))
            out.append(
                Point("kp_expect", "S20", {"item_codes": "|".join("@" + key for key in items)}, code=code, name=name)
            )
    return out
