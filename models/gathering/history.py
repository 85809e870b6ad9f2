"""Groups followed over the quarters: the same people keep their number."""

import hashlib
from collections.abc import Sequence

import polars as pl

from models.engine.duck import Engine

#: shared members ÷ members of either, from which on two periods' groups are the same
SAME = 0.5


def content_id(members: Sequence[str]) -> str:
    """Number of a group that was not there before: it depends on its members alone."""
    return "G" + hashlib.sha256("|".join(sorted(members)).encode()).hexdigest()[:15]


def group_ids(groups: Sequence[Sequence[str]], earlier: dict[str, set[str]]) -> list[str]:
    """Number of every group: that of the earlier group it overlaps most by half or more, each given once; else new."""
    by_person: dict[str, list[str]] = {}
    for name, before in sorted(earlier.items()):
        for person in before:
            by_person.setdefault(person, []).append(name)
    likeness = []
    for i, members in enumerate(groups):
        own = set(members)
        for name in sorted({name for person in own for name in by_person.get(person, ())}):
            share = len(own & earlier[name]) / len(own | earlier[name])
            if share >= SAME:
                likeness.append((-share, i, name))
    given: dict[int, str] = {}
    used: set[str] = set()
    for _, i, name in sorted(likeness):
        if i not in given and name not in used:
            given[i] = name
            used.add(name)
    ids = []
    for i, people in enumerate(groups):
        fresh = content_id(people)
        while i not in given and fresh in used:  # the same people's number went to a group that is more alike
            fresh = content_id([*people, fresh])
        ids.append(given.get(i, fresh))
        used.add(ids[-1])
    return ids


def earlier_groups(engine: Engine, period: str) -> dict[str, set[str]]:
    """Members of every group of earlier periods, as they last were."""
    if not engine.exists("score.gathering_member"):
        return {}
    rows = engine.frame(
        "select group_id, period, psn_id from score.gathering_member where period < $period", {"period": period}
    )
    last = rows.filter(pl.col("period") == pl.col("period").max().over("group_id"))
    return {str(name): set(people) for name, people in last.group_by("group_id").agg("psn_id").iter_rows()}
