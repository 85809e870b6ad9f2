"""Disease families of stays.

An invented, small grouping in the shape of CHS-DRG (family = three characters, then severity).
"""

from dataclasses import dataclass

from models.sample.providers import SECONDARY, TERTIARY, TOWNSHIP

GRP_VER = "样例1.1版"
ALL = (TERTIARY, SECONDARY, TOWNSHIP)
UPPER = (TERTIARY, SECONDARY)


@dataclass(frozen=True)
class Family:
    """One ADRG: diagnosis, operation, who gets it, weights by severity digit, length of stay, share of all stays."""

    adrg: str
    name: str
    diag: str
    diag_name: str
    weights: dict[int, float]
    los: float
    share: float
    classes: tuple[int, ...] = ALL
    sex: int = 0
    ages: tuple[int, int] = (18, 96)
    operation: tuple[str, str] | None = None
    med_type: str = "21"
    surgery: int = 0  # which surgical item


FAMILIES: tuple[Family, ...] = (
    Family("ES2", "呼吸系统感染/炎症", "J18.900", "肺炎", {1: 1.35, 3: 0.92, 5: 0.66}, 7, 0.17, ages=(3, 96)),
    Family(
        "ET1",
        "慢性气道阻塞病",
        "J44.100",
        "慢性阻塞性肺病伴急性加重",
        {1: 1.42, 3: 1.02, 5: 0.80},
        8,
        0.09,
        ages=(50, 96),
    ),
    Family("FR2", "心力衰竭、休克", "I50.900", "心力衰竭", {1: 1.55, 3: 1.10, 5: 0.84}, 8, 0.07, ages=(50, 96)),
    Family(
        "FR4",
        "冠状动脉粥样硬化",
        "I25.103",
        "冠状动脉粥样硬化性心脏病",
        {1: 1.20, 3: 0.85, 5: 0.62},
        7,
        0.08,
        ages=(45, 96),
    ),
    Family("BR2", "脑缺血性疾患", "I63.900", "脑梗死", {1: 1.60, 3: 1.15, 5: 0.88}, 10, 0.10, ages=(45, 96)),
    Family("KS1", "糖尿病", "E11.900", "2型糖尿病", {1: 1.10, 3: 0.82, 5: 0.63}, 8, 0.07, ages=(35, 96)),
    Family("GU1", "消化道出血", "K92.200", "胃肠出血", {3: 1.05, 5: 0.70}, 6, 0.05),
    Family("LU1", "肾及尿路感染", "N39.000", "泌尿道感染", {3: 0.88, 5: 0.58}, 6, 0.05),
    Family(
        "GD2",
        "阑尾切除术",
        "K35.800",
        "急性阑尾炎",
        {1: 1.55, 3: 1.20, 5: 0.98},
        5,
        0.05,
        UPPER,
        0,
        (8, 80),
        ("47.0100", "腹腔镜下阑尾切除术"),
        surgery=1,
    ),
    Family(
        "HC3",
        "胆囊切除手术",
        "K80.100",
        "胆囊结石伴慢性胆囊炎",
        {1: 2.10, 3: 1.72, 5: 1.42},
        6,
        0.05,
        UPPER,
        0,
        (25, 85),
        ("51.2300", "腹腔镜下胆囊切除术"),
        surgery=4,
    ),
    Family(
        "IF2",
        "上肢骨骨折固定术",
        "S52.500",
        "桡骨下端骨折",
        {3: 1.95, 5: 1.60},
        8,
        0.04,
        UPPER,
        0,
        (10, 90),
        ("79.3200", "桡骨骨折切开复位内固定术"),
        "22",
        5,
    ),
    Family(
        "IC2",
        "髋、膝关节置换术",
        "M17.900",
        "膝关节病",
        {1: 4.60, 3: 4.05, 5: 3.70},
        11,
        0.03,
        UPPER,
        0,
        (55, 90),
        ("81.5400", "全膝关节置换"),
        surgery=10,
    ),
    Family(
        "CB3",
        "晶体手术",
        "H25.900",
        "老年性白内障",
        {9: 0.72},
        1,
        0.04,
        UPPER,
        0,
        (55, 92),
        ("13.4100", "白内障超声乳化抽吸术"),
        "28",
        2,
    ),
    Family(
        "NC1",
        "子宫手术",
        "D25.900",
        "子宫平滑肌瘤",
        {3: 1.75, 5: 1.45},
        7,
        0.02,
        UPPER,
        2,
        (28, 60),
        ("68.3100", "腹腔镜子宫次全切除术"),
        surgery=6,
    ),
    Family(
        "MC1",
        "前列腺手术",
        "N40.x00",
        "前列腺增生",
        {3: 1.65, 5: 1.38},
        7,
        0.02,
        UPPER,
        1,
        (52, 90),
        ("60.2900", "经尿道前列腺切除术"),
        surgery=6,
    ),
    Family(
        "OB1",
        "剖宫产",
        "O82.000",
        "选择性剖宫产",
        {3: 1.12, 5: 0.92},
        6,
        0.02,
        UPPER,
        2,
        (21, 42),
        ("74.1x00", "子宫下段剖宫产术"),
        "52",
        3,
    ),
    Family("OR1", "阴道分娩", "O80.000", "头位顺产", {9: 0.52}, 4, 0.02, UPPER, 2, (20, 42), None, "52"),
    Family("PU1", "新生儿黄疸", "P59.900", "新生儿黄疸", {9: 0.60}, 5, 0.01, UPPER, 0, (0, 0)),
    Family("RE1", "恶性增生性疾患的化学治疗", "Z51.100", "恶性肿瘤化学治疗", {9: 0.78}, 3, 0.0, UPPER, 0, (35, 85)),
    Family("TR1", "精神分裂症", "F20.900", "精神分裂症", {9: 1.60}, 42, 0.012, (SECONDARY,), 0, (20, 70)),
    # only planted: nobody is admitted for these by chance
    Family("ES3", "急性上呼吸道感染", "J06.900", "急性上呼吸道感染", {3: 0.48, 5: 0.36}, 3, 0.0),
    Family("GW1", "食管炎、胃肠炎", "K29.500", "慢性胃炎", {3: 0.52, 5: 0.40}, 3, 0.0),
    Family("IU2", "颈腰背疾患", "M54.500", "下背痛", {3: 0.50, 5: 0.38}, 3, 0.0),
)
FAMILY_INDEX = {family.adrg: i for i, family in enumerate(FAMILIES)}
#: comorbidities: code, name, level, items that treating it charges
COMORBIDITIES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("J96.000", "急性呼吸衰竭", "MCC", ("S322", "S323")),
    ("A41.900", "脓毒症", "MCC", ("S324", "S323")),
    ("N17.900", "急性肾衰竭", "MCC", ("S325", "S326")),
    ("R57.000", "心源性休克", "MCC", ("S323", "S326")),
    ("E87.600", "低钾血症", "CC", ("S326",)),
    ("D64.900", "贫血", "CC", ("S327",)),
    ("J90.x00", "胸腔积液", "CC", ("S323",)),
    ("E11.700", "2型糖尿病伴多并发症", "CC", ("S328",)),
    ("I48.x00", "心房颤动", "CC", ("S326",)),
    ("K29.500", "慢性胃炎", "", ()),
    ("M47.900", "脊椎病", "", ()),
    ("I10.x00", "特发性高血压", "", ()),
    ("H52.000", "远视", "", ()),
    ("E78.500", "高脂血症", "", ()),
    ("J06.800", "急性咽气管炎", "", ()),
)
CHRONIC_DISEASES = (
    ("M00500", "高血压", "I10.x00"),
    ("M01600", "糖尿病", "E11.900"),
    ("M04600", "冠心病", "I25.103"),
    ("M07800", "慢性肾脏病", "N18.900"),
)
DIALYSIS_DISEASE = ("M07803", "尿毒症透析", "N18.001")
#: price of one unit of weight in fen, by insurance; factor by provider class in ten-thousandths
RATE_FEN = {"310": 720_000, "390": 680_000}
COEF = {TERTIARY: 11_000, SECONDARY: 10_000, TOWNSHIP: 8_600}
LOW_MULT, HIGH_MULT = 4, 25  # tenths


def group_code(family: int, tier: int, paymtd: str) -> str:
    """Code of the group a case is billed under: DRG, or the DIP combination of diagnosis and operation."""
    spec = FAMILIES[family]
    if paymtd == "3":
        return f"{spec.diag[:5]}:{spec.operation[0] if spec.operation else ''}"
    return f"{spec.adrg}{tier}"


def dip_weight(family: int) -> float:
    """Weight of the family's DIP group: its cases without complications and with, in usual proportion."""
    weights = FAMILIES[family].weights
    return round(0.75 * min(weights.values()) + 0.25 * max(weights.values()), 3)
