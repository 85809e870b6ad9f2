"""The person list against its truth: every planted pattern, and the innocent look-alikes that it must leave alone."""

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from models.evaluation.measures import NOT_BUILT, Result, precision_recall
from models.evaluation.truth import Lists, Truth, codes
from models.scores.window import Window

#: pattern -> schemes of the truth that plant it; people are planted by person or by settlement
PATTERNS: dict[str, tuple[str, ...]] = {
    "frequent_outpatient": ("frequent_outpatient",),
    "frequent_purchase": ("frequent_purchase",),
    "many_providers": ("many_providers",),
    "hoarding": ("hoarding",),
    "overlap_stay": ("overlap_stay",),
    "outpatient_in_stay": ("outpatient_in_stay",),
    "after_death": ("after_death",),
    "sex_age_conflict": ("R39", "R54", "R55"),
}
#: what shows a pattern as well, though it was planted for another: hoarded drugs come from many places
ALSO: Mapping[str, tuple[str, ...]] = {"many_providers": ("hoarding",)}
SCHEMA: dict[str, Any] = {
    "pattern": pl.String, "planted": pl.Int64, "found": pl.Int64, "precision": pl.Float64, "recall": pl.Float64,
    "note": pl.String,
}  # fmt: skip


def pattern_table(
    truth: Truth, lists: Lists, pseudonym: Callable[[str], str], window: Window, settled: set[str]
) -> Result:
    """Precision and recall by pattern over the last list's twelve months, then a row a kind of look-alike (`found` =
    how many of them are listed for anything).

    `settled` = planted settlements of these months. `pseudonym` turns the truth's psn_no into psn_id; neither is
    printed.
    """
    person = lists.get("person")
    listed = person if person is not None else pl.DataFrame(schema={"psn_id": pl.String, "pattern": pl.String})
    known = _planted(truth, window, settled, pseudonym)
    rows: list[tuple[Any, ...]] = []
    for pattern, schemes in PATTERNS.items():
        planted = set().union(*(known.get(scheme, set()) for scheme in schemes))
        if not planted:
            continue
        found = codes(listed.filter(pl.col("pattern") == pattern), "psn_id")
        also = set().union(*(known.get(scheme, set()) for scheme in ALSO.get(pattern, ())))
        precision, recall = precision_recall(found, planted)
        if found:
            precision = round(len(found & (planted | also)) / len(found), 4)
        rows.append(
            (pattern, len(planted), len(found), precision, recall or 0.0, "" if person is not None else NOT_BUILT)
        )
    flagged = codes(listed, "psn_id")
    for scheme in sorted(name for name in known if name.startswith("lookalike_")):
        hit = len(known[scheme] & flagged)
        rows.append((scheme, len(known[scheme]), hit, None, None, "应为 0 / should be 0" if hit else ""))
    return Result("个人情形 / person patterns", pl.DataFrame(rows, schema=SCHEMA, orient="row"))


def _planted(truth: Truth, window: Window, settled: set[str], pseudonym: Callable[[str], str]) -> dict[str, set[str]]:
    """psn_id by scheme: those planted in a month of the window, in no month in particular, or by a settlement in it."""
    known: dict[str, set[str]] = {}
    first, last = f"{window.start:%Y%m}", f"{window.until:%Y%m}"
    persons = truth.persons
    if "month" in persons.columns:
        month = pl.col("month").fill_null("")
        persons = persons.filter((month == "") | ((month >= first) & (month < last)))
    for scheme, number in persons.select("scheme", "psn_no").drop_nulls().iter_rows():
        known.setdefault(str(scheme), set()).add(pseudonym(str(number)))
    if "psn_no" in truth.settlements.columns:
        marked = truth.settlements.filter(pl.col("setl_id").is_in(sorted(settled)))
        for scheme, number in marked.select("scheme", "psn_no").drop_nulls().iter_rows():
            known.setdefault(str(scheme), set()).add(pseudonym(str(number)))
    return known
