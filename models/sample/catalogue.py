"""What can be charged: invented drugs, services and consumables. `use` says which part of the world charges an item."""

from dataclasses import dataclass

import numpy as np

YUAN = 1_000_000  # millionths of a yuan


@dataclass(frozen=True)
class Item:
    """One catalogue entry; price and cap in millionths of a yuan, own share in basis points."""

    key: str
    name: str
    use: str
    list_type: str
    chrg: str
    price: int
    level: str = "01"
    share: int = 0
    cap: int = 0
    days: int = 0

    @property
    def code(self) -> str:
        """National code: drugs 23, services 15, consumables 20 characters."""
        number = int(self.key[1:])
        if self.list_type in ("101", "102"):
            letter = {"09": "XJ", "11": "ZA", "10": "T0"}[self.chrg]
            return f"{letter}{number % 97:02d}AAB{number:04d}A0010101{number:05d}"[:23].ljust(23, "0")
        if self.list_type == "301":
            return f"C{number:04d}0102003{number:05d}00{number % 10}"[:20].ljust(20, "0")
        return f"0033{number:04d}0000000"


def _drugs() -> list[Item]:
    rng = np.random.Generator(np.random.PCG64(20240101))
    out = []
    names = [
        "阿莫克洛",
        "头孢安平",
        "左氧清",
        "布洛宁",
        "氯雷克敏",
        "奥美胃安",
        "蒙脱止泻",
        "氨溴润肺",
        "甲硝安",
        "双氯止痛",
    ]
    for i in range(60):
        chinese = i % 4 == 3
        price = int(np.exp(rng.normal(3.0, 0.6)) * 100) * 10_000
        name = f"{names[i % 10]}{'颗粒' if chinese else '片'}{i // 10 + 1}号"
        level, share = ("01", 0) if i % 3 else ("02", 1000)
        out.append(
            Item(f"D{i + 1}", name, "acute", "101", "11" if chinese else "09", price, level, share, 0, 3 + i % 5)
        )
    for i in range(12):
        name = ("降压", "降糖", "抗凝", "护肾")[i % 4] + f"缓释片{i // 4 + 1}号"
        out.append(
            Item(
                f"D{i + 101}",
                name,
                "chronic",
                "101",
                "09",
                (18 + 7 * i) * YUAN + 125_000,
                "01" if i % 2 else "02",
                0 if i % 2 else 1000,
                0,
                30,
            )
        )
    for i in range(24):
        price = int(np.exp(rng.normal(3.9, 0.7)) * 100) * 10_000 + (i % 3) * 3_300
        out.append(
            Item(
                f"D{i + 201}",
                f"注射用药{i + 1}号",
                "infusion",
                "101",
                "09",
                price,
                "02" if i % 2 else "01",
                1500 if i % 2 else 0,
            )
        )
    out += [
        Item(f"D{i + 301}", f"草药饮片{i + 1}号", "herb", "102", "10", (6 + 3 * i) * 100_000, "01", 0, 0, 5)
        for i in range(8)
    ]
    out += [
        Item("D401", "保健滋补口服液", "selfpaid", "101", "11", 68 * YUAN, "03", 0, 0, 7),
        Item("D402", "肿瘤靶向胶囊", "hoard", "101", "09", 425 * YUAN, "02", 1000, 0, 10),
        Item("D403", "化疗用药一号", "chemo", "101", "09", 1_280 * YUAN, "02", 1000),
    ]
    return out


def _services() -> list[Item]:
    out = []
    for i, (who, price) in enumerate((("服务站", 10), ("卫生院", 12), ("二级", 18), ("三级", 30))):
        out.append(Item(f"S{i + 1}", f"门诊诊查费({who})", f"consult{i + 1}", "201", "02", price * YUAN))
        out.append(Item(f"S{i + 11}", f"普通床位费({who})", f"bed{i + 1}", "201", "01", (15 + 12 * i) * YUAN))
    for i, (grade, price) in enumerate((("三级护理", 12), ("二级护理", 18), ("一级护理", 36), ("重症监护", 150))):
        out.append(Item(f"S{i + 21}", grade, f"nurse{i}", "201", "07", price * YUAN))
    out.append(Item("S31", "住院诊查费", "ward", "201", "02", 16 * YUAN))
    out += [Item(f"S{i + 101}", f"检验项目{i + 1}号", "lab", "201", "04", (5 + (i * 7) % 60) * YUAN) for i in range(30)]
    for i, (name, price) in enumerate(
        (
            ("心电图", 25),
            ("胸部X线", 60),
            ("腹部彩超", 110),
            ("头颅CT平扫", 230),
            ("胸部CT平扫", 260),
            ("磁共振平扫", 520),
            ("胃镜检查", 280),
            ("骨密度测定", 90),
        )
    ):
        out.append(
            Item(
                f"S{i + 201}",
                name,
                "exam",
                "201",
                "03",
                price * YUAN,
                "02" if price > 200 else "01",
                1000 if price > 200 else 0,
            )
        )
    for i, (name, price) in enumerate(
        (
            ("静脉输液", 12),
            ("雾化吸入", 18),
            ("换药", 25),
            ("氧气吸入", 4),
            ("心电监护", 6),
            ("康复训练", 45),
            ("针刺治疗", 32),
            ("红外线治疗", 20),
        )
    ):
        out.append(Item(f"S{i + 301}", name, "treat", "201", "05", price * YUAN))
    out += [
        Item("S321", "血液透析", "dialysis", "201", "05", 380 * YUAN),
        Item("S322", "无创通气", "care", "201", "05", 96 * YUAN),
        Item("S323", "血气分析", "care", "201", "04", 65 * YUAN),
        Item("S324", "血培养", "care", "201", "04", 88 * YUAN),
        Item("S325", "连续肾脏替代治疗", "care", "201", "05", 1_150 * YUAN, "02", 1000),
        Item("S326", "电解质监测", "care", "201", "04", 24 * YUAN),
        Item("S327", "输血治疗", "care", "201", "05", 260 * YUAN),
        Item("S328", "糖化血红蛋白", "care", "201", "04", 55 * YUAN),
        Item("S331", "椎管内麻醉", "anaesthesia", "201", "06", 520 * YUAN),
        Item("S332", "全身麻醉", "anaesthesia", "201", "06", 880 * YUAN),
        Item("S341", "孕期彩超", "maternity", "201", "03", 120 * YUAN),
    ]
    for i in range(14):
        out.append(
            Item(f"S{i + 401}", f"手术项目{i + 1}号", "surgery", "201", "06", (600 + 310 * i) * YUAN, "02", 1000)
        )
    return out


def _consumables() -> list[Item]:
    out = [
        Item(f"C{i + 1}", f"一次性材料{i + 1}号", "material", "301", "08", (4 + 9 * i) * YUAN + 500_000)
        for i in range(10)
    ]
    for i in range(6):
        price = (900 + 1_400 * i) * YUAN
        cap = price if i % 2 else price - 150 * YUAN  # above the ceiling the person pays
        out.append(Item(f"C{i + 101}", f"植入材料{i + 1}号", "implant", "301", "08", price, "02", 2000, cap))
    return out


class Catalogue:
    """All items, by key and by use."""

    def __init__(self, extra: list[Item]) -> None:
        self.items = [*_drugs(), *_services(), *_consumables(), *extra]
        self.index = {item.key: i for i, item in enumerate(self.items)}
        codes = [item.code for item in self.items]
        if len(set(codes)) != len(codes):
            raise ValueError("two items of the sample catalogue share a code")
        self.price = np.array([item.price for item in self.items], dtype=np.int64)
        self.cap = np.array([item.cap for item in self.items], dtype=np.int64)
        self.share = np.array([item.share for item in self.items], dtype=np.int64)
        self.own = np.array([item.level == "03" for item in self.items])
        self.days = np.array([item.days for item in self.items], dtype=np.int64)
        self.chrg = np.array([item.chrg for item in self.items])
        self.is_drug = np.array([item.list_type in ("101", "102") for item in self.items])

    def use(self, use: str) -> np.ndarray:
        """Indices of the items charged for a use."""
        return np.array([i for i, item in enumerate(self.items) if item.use == use], dtype=np.int64)

    def __getitem__(self, key: str) -> int:
        return self.index[key]
