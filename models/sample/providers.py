"""Providers of the county: levels, specialties, roles in the planted schemes, and their innocent look-alikes."""

from dataclasses import dataclass

import numpy as np

PHARMACY, CLINIC, TOWNSHIP, SECONDARY, TERTIARY = 0, 1, 2, 3, 4
#: share of the providers by class, and roles given to the first ones of each class
SHARES = {TERTIARY: 0.10, SECONDARY: 0.17, TOWNSHIP: 0.17, CLINIC: 0.27, PHARMACY: 0.29}
ROLES: dict[int, tuple[str, ...]] = {
    TERTIARY: ("severe", "padding", "chemo"),
    SECONDARY: ("upcoder", "overspend", "thrifty"),
    TOWNSHIP: ("upcoder", "underspend"),
    CLINIC: ("dialysis", "rhythm", "rhythm", "family"),
    PHARMACY: ("shortfall", "shortfall"),
}
LEVELS: dict[int, tuple[str, ...]] = {
    TERTIARY: ("02", "02", "03", "03"),
    SECONDARY: ("05", "06", "06", "05"),
    TOWNSHIP: ("08", "09", "09"),
    CLINIC: ("11",),
    PHARMACY: ("11",),
}
KIND_NAME = {
    TERTIARY: "县第{}医院",
    SECONDARY: "城区第{}医院",
    TOWNSHIP: "{}乡卫生院",
    CLINIC: "{}社区卫生服务站",
    PHARMACY: "{}大药房",
}
PLACES = [
    "青竹",
    "石桥",
    "柳溪",
    "白云",
    "东岭",
    "西塘",
    "南屏",
    "北坡",
    "长河",
    "清泉",
    "双井",
    "桃源",
    "梅岭",
    "松岗",
    "枫林",
    "兰亭",
    "荷塘",
    "龙潭",
    "凤鸣",
    "金沙",
    "银杏",
    "平安",
    "永兴",
    "新丰",
]


@dataclass
class Providers:
    """Arrays of one length; a provider is an index. `external` ones lie outside the area and have no reference row."""

    code: np.ndarray
    name: np.ndarray
    cls: np.ndarray
    hosp_lv: np.ndarray
    spec: np.ndarray
    public: np.ndarray
    role: np.ndarray
    weight: np.ndarray
    paymtd: np.ndarray  # of inpatient cases: 4 DRG, 3 DIP
    beds: np.ndarray
    external: np.ndarray

    def of_class(self, *classes: int) -> np.ndarray:
        """Indices of the area's own providers of these classes."""
        return np.flatnonzero(np.isin(self.cls, classes) & ~self.external)

    def of_role(self, role: str) -> np.ndarray:
        """Indices of the providers with a role."""
        return np.flatnonzero(self.role == role)


def _counts(providers: int) -> dict[int, int]:
    counts = {cls: max(1, round(share * providers)) for cls, share in SHARES.items()}
    counts[PHARMACY] = max(1, providers - sum(n for cls, n in counts.items() if cls != PHARMACY))
    return counts


def make_providers(rng: np.random.Generator, providers: int) -> Providers:
    """`providers` of the county and two external hospitals."""
    rows: list[tuple[str, str, int, str, str, str, str]] = []
    serial = 0
    for cls, count in _counts(providers).items():
        for i in range(count):
            serial += 1
            role = ROLES[cls][i] if i < len(ROLES[cls]) else ""
            level = LEVELS[cls][i % len(LEVELS[cls])]
            place = PLACES[i % len(PLACES)] + ("" if i < len(PLACES) else "二店")
            name = KIND_NAME[cls].format(place)
            spec = "dialysis" if role == "dialysis" else "general"
            paymtd = "3" if cls == TOWNSHIP and i >= max(3, count - 3) else "4"
            letter = "P" if cls == PHARMACY else "H"
            rows.append((f"{letter}33099900{serial:03d}", name, cls, level, spec, role, paymtd))
    rows += [(f"H3301010{i:04d}", f"省城第{i + 1}医院", TERTIARY, "02", "general", "external", "1") for i in range(2)]
    code, name_, cls_, level_, spec_, role_, pay_ = (np.array(column) for column in zip(*rows, strict=True))
    n = len(rows)
    size = {TERTIARY: 9.0, SECONDARY: 5.0, TOWNSHIP: 2.2, CLINIC: 1.0, PHARMACY: 1.3}
    return Providers(
        code=code,
        name=name_,
        cls=cls_,
        hosp_lv=level_,
        spec=spec_,
        public=np.where(np.isin(cls_, (TERTIARY, TOWNSHIP)) | (rng.random(n) < 0.4), "1", "2"),
        role=role_,
        weight=np.array([size[c] for c in cls_]) * rng.lognormal(0, 0.25, n),
        paymtd=pay_,
        beds=np.select([cls_ == TERTIARY, cls_ == SECONDARY, cls_ == TOWNSHIP], [600, 220, 60], 0),
        external=role_ == "external",
    )
