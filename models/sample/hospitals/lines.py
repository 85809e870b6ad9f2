"""Fee lines of stays: one line a charge class, and one an item that treats a complication (taken out of the drugs)."""

import numpy as np
import polars as pl

from models.sample.hospitals import codes
from models.sample.hospitals.cases import Cases
from models.sample.hospitals.catalogue import CLASSES, Floats
from models.sample.hospitals.coding import treatment_item
from models.sample.hospitals.stays import INTERIM_CLASSES, Visits

_DRUGS = CLASSES.index("09")


def fee_lines(
    rng: np.random.Generator, cases: Cases, visits: Visits, charges: Floats, secondary: pl.DataFrame
) -> pl.DataFrame:
    """One row a line: case, class, item_code, amount (yuan), early (in the interim settlement), day, department."""
    treated = secondary.filter("treated")
    who, code = treated["case"].to_numpy(), treated["code"].to_numpy()
    kept = charges.copy()
    room = 0.35 * charges[who, _DRUGS] / np.bincount(who, minlength=len(cases))[who]
    item = np.round(np.minimum(room, 100 * rng.lognormal(5.2, 0.6, len(who))))
    np.subtract.at(kept, (who, np.full(len(who), _DRUGS)), item)
    owner, column = np.nonzero(kept > 0)
    everyone, which = np.r_[owner, who], np.r_[column, np.full(len(who), _DRUGS)]
    classes = np.array(CLASSES)
    day = visits.end[everyone] - (rng.random(len(everyone)) * cases.los[everyone]).astype(np.int64)
    return pl.DataFrame(
        {
            "case": everyone, "med_chrgitm_type": classes[which],
            "item_code": np.r_[np.char.add("C", classes[column]), treatment_item(code)],
            "amount": np.r_[kept[owner, column], item] / 100,
            "early": visits.interim[everyone] & INTERIM_CLASSES[which],
            "day": day, "dept_code": codes.department_code(cases.department[everyone]),
            "dr_code": codes.doctor_code(cases.hospital[everyone], cases.department[everyone], cases.doctor[everyone]),
        }
    )  # fmt: skip
