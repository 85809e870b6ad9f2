"""Families where no register names households: by ages, by arriving together, by coming on the same dates."""

from datetime import time

import numpy as np
import polars as pl
from scipy.sparse.csgraph import connected_components

FAMILY_SIZE, MINOR, GENERATION, ADULTS = 8, 18, 16, 5
#: a family goes together: members within so many minutes of each other on half of the dates
ARRIVES, ARRIVALS = 60, 0.5
#: share of the dates of either on which two of one family are both there
ALONGSIDE = 0.4


def household_share(people: pl.DataFrame, elsewhere: int = 0) -> tuple[float, bool]:
    """How much of the group is household: (members − households) / (members − 1); and whether that was inferred.

    `people` = household_no, age and, where known, `block` (see `blocks`): two families who met by chance are two.

    Registered where half of the members or more have a household_no (an unregistered one is a household by itself).
    Else at most 8 people whose ages are those of a family count as one household: two generations, and either a child
    with no more than 5 others, or days together at another provider too.
    """
    numbers = people["household_no"]
    members = people.height
    if numbers.drop_nulls().len() * 2 >= members:
        households = numbers.drop_nulls().n_unique() + numbers.null_count()
        return (members - households) / max(members - 1, 1), False
    if _family_like(people["age"].drop_nulls().to_numpy(), elsewhere):
        return 1.0, True
    if "block" not in people.columns or people["block"].n_unique() < 2:
        return 0.0, True
    ages = people.group_by("block").agg(pl.col("age").drop_nulls(), pl.len())
    families = [size for _, known, size in ages.iter_rows() if size == len(known) and _family_like(np.array(known), 0)]
    households = members - sum(families) + len(families)
    return (members - households) / max(members - 1, 1), True


def blocks(joint: pl.DataFrame) -> pl.DataFrame:
    """psn_id and block of the members: those are of one who came on two fifths of the dates on which either of them
    came, and whom others link. `joint` = psn_id, fixmedins_code, meeting_date of the joint visits."""
    seen = joint.select("psn_id", date=pl.struct("fixmedins_code", "meeting_date").rank("dense")).unique()
    person, date = seen["psn_id"].rank("dense").to_numpy() - 1, seen["date"].to_numpy() - 1
    present = np.zeros((int(person.max()) + 1, int(date.max()) + 1), dtype=np.int64)
    present[person, date] = 1
    both = present @ present.T
    either = both.diagonal()[:, None] + both.diagonal()[None, :] - both
    _, block = connected_components(both >= ALONGSIDE * either, directed=False)
    names = seen["psn_id"].unique().sort()
    return pl.DataFrame({"psn_id": names, "block": pl.Series(block, dtype=pl.Int64)})


def arrive_together(joint: pl.DataFrame) -> bool:
    """Whether the members come within an hour of each other on half of the dates, as a family does; false where the
    hour is not known. `joint` = psn_id, fixmedins_code, seen_on, setl_time of the joint visits."""
    timed = joint.drop_nulls("setl_time")
    if not len(timed) or not (timed["setl_time"].dt.time() != time()).any():
        return False
    first = timed.group_by("fixmedins_code", "seen_on", "psn_id").agg(pl.col("setl_time").min())
    met = first.group_by("fixmedins_code", "seen_on").agg(
        pl.len(), minutes=(pl.col("setl_time").max() - pl.col("setl_time").min()).dt.total_minutes()
    )
    share = met.filter(pl.col("len") > 1).select((pl.col("minutes") <= ARRIVES).mean()).item()
    return share is not None and float(share) >= ARRIVALS


def _family_like(ages: np.ndarray, elsewhere: int) -> bool:
    if not 3 <= len(ages) <= FAMILY_SIZE or ages.max() - ages.min() < GENERATION:
        return False
    children = int((ages < MINOR).sum())
    return elsewhere >= 1 or 1 <= children < len(ages) <= children + ADULTS
