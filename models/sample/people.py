"""The insured: who they are, how ill they are, where they go. Every name and number is invented."""

from dataclasses import dataclass

import numpy as np

from models.sample.months import Calendar, date_parts

SURNAMES = list("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜")
GIVEN = list("伟芳娜敏静丽强磊军洋勇艳杰涛明超秀霞平刚桂英华玉兰春梅海燕晓辉云峰立国建")
HOME_ADMDVS = "330999"
OUTSIDE = np.array(["330998", "331098", "340199"])


@dataclass
class People:
    """Arrays of one length; a person is an index. `outside` are insured elsewhere and come here for care."""

    psn_no: np.ndarray
    psn_name: np.ndarray
    certno: np.ndarray
    gend: np.ndarray
    birth: np.ndarray
    insutype: np.ndarray
    psn_type: np.ndarray
    civil: np.ndarray
    aided: np.ndarray
    hifes: np.ndarray
    admdvs: np.ndarray
    outside: np.ndarray
    household: np.ndarray
    employer: np.ndarray
    death: np.ndarray  # day, 0 = alive
    visit_weight: np.ndarray
    chronic: np.ndarray  # index of the chronic disease, -1 none
    dialysis: np.ndarray
    actor: np.ndarray  # kept free of random stays, so that schemes can use them

    def __len__(self) -> int:
        return len(self.gend)


def certificate(birth: np.ndarray, serial: np.ndarray) -> np.ndarray:
    """18-character certificate numbers of an area code that does not exist, with a right check character."""
    year, month, day = date_parts(birth)
    body = np.array(
        [f"330999{y:04d}{m:02d}{d:02d}{s % 1000:03d}" for y, m, d, s in zip(year, month, day, serial, strict=True)]
    )
    digits = np.array([list(b) for b in body]).astype(np.int64)
    weights = np.array([pow(2, 17 - i, 11) for i in range(17)])
    check = np.array(list("10X98765432"))[(digits @ weights) % 11]
    return np.char.add(body, check)


def _births(rng: np.random.Generator, n: int, cal: Calendar) -> np.ndarray:
    """Birth days: a county's age pyramid, with some born just before or during the world."""
    band = rng.choice(5, size=n, p=[0.16, 0.26, 0.30, 0.20, 0.08])
    low = np.array([0, 18, 40, 60, 76])[band]
    high = np.array([18, 40, 60, 76, 96])[band]
    age = low + rng.random(n) * (high - low)
    birth = cal.first_day - (age * 365.25).astype(np.int64)
    baby = rng.random(n) < 0.012
    birth[baby] = rng.integers(cal.first_day - 330, cal.first_day + 20, baby.sum())
    return birth


def make_people(rng: np.random.Generator, people: int, cal: Calendar) -> People:
    """The county's insured, and a fiftieth more who are insured elsewhere."""
    outside_n = max(3, people // 50)
    n = people + outside_n
    birth = _births(rng, n, cal)
    age = (cal.first_day - birth) / 365.25
    gend = rng.integers(1, 3, n)
    worker = (age >= 20) & (rng.random(n) < np.where(age < 60, 0.36, 0.22))
    retired = worker & (age >= 60)
    psn_type = np.where(worker, np.where(retired, "12", "11"), "1501")
    outside = np.arange(n) >= people
    serial = rng.permutation(n)
    household = np.minimum(np.cumsum(rng.random(n) < 0.38), n)
    name = np.array(
        [
            SURNAMES[a] + GIVEN[b] + GIVEN[c]
            for a, b, c in zip(
                rng.integers(0, len(SURNAMES), n),
                rng.integers(0, len(GIVEN), n),
                rng.integers(0, len(GIVEN), n),
                strict=True,
            )
        ]
    )
    death = np.where(
        (age > 62) & (rng.random(n) < 0.02),
        rng.integers(cal.first_day + 20, max(cal.end_day, cal.first_day + 21), n),
        0,
    )
    ill = (age > 38) & (rng.random(n) < 0.21)
    return People(
        psn_no=np.array([f"3309990000{7_000_000 + int(s):010d}" for s in serial]),
        psn_name=name,
        certno=certificate(birth, serial),
        gend=gend,
        birth=birth,
        insutype=np.where(worker, "310", "390"),
        psn_type=psn_type,
        civil=worker & (rng.random(n) < 0.12),
        aided=~worker & (rng.random(n) < 0.05),
        hifes=worker & (rng.random(n) < 0.04),
        admdvs=np.where(outside, OUTSIDE[rng.integers(0, len(OUTSIDE), n)], HOME_ADMDVS),
        outside=outside,
        household=household,
        employer=np.where(worker, rng.integers(1, max(4, people // 60), n), 0),
        death=death,
        visit_weight=rng.lognormal(0, 0.75, n).clip(0.1, 6) * (0.7 + age / 70),
        chronic=np.where(ill, rng.integers(0, 4, n), -1),
        dialysis=np.zeros(n, dtype=bool),
        actor=(rng.random(n) < 0.14) & (death == 0),
    )
