"""Replaying a plan's lots from what its manifest says: anybody can, without the data the plan was made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.errors import InputRefused
from models.planning.draw import draw
from models.planning.lots import lot_order
from models.planning.plan import Plan
from models.planning.teams import assign
from models.planning.units import Frame, half
from models.settings_planning import Capacity, Theme


@dataclass(frozen=True)
class Check:
    """One lot drawn again: which, of how many so many were drawn, whether the outcome is the same."""

    what: str
    population: int
    drawn: int
    equal: bool
    differs: tuple[str, ...] = ()  # codes that only one of both has


def replay_facts(plan: Plan, frame: Frame) -> dict[str, Any]:
    """What a manifest must say so that lots can be drawn again: the frame by kind, what they gave, the room left."""
    members = sorted(i for one in plan.strata for i in one.members)
    kinds = sorted({frame.kinds[i] for i in members})
    return {
        "spare_half_days": plan.spare,
        "frame": {kind: [frame.codes[i] for i in members if frame.kinds[i] == kind] for kind in kinds},
        "drawn": {one.name: [frame.codes[i] for i in one.drawn] for one in plan.strata},
        "visits": {frame.codes[i]: [int(plan.half_days[i]), team + 1] for i, team in sorted(plan.team.items())},
    }


def replay(manifest: Mapping[str, Any]) -> list[Check]:
    """Draw every lot of a plan's manifest again: providers by stratum, teams by provider; its themes likewise.

    Raises InputRefused where the manifest is not that of a plan, or lacks what a replay needs.
    """
    planning = manifest.get("planning")
    if not planning:
        raise InputRefused(
            "清单文件不含年度计划的抽签 / the manifest has no lots of a plan. Give the manifest.json of "
            "lists/<year>/; samples for second review are replayed from the sampling frame of a dossier."
        )
    try:
        checks = _one(planning, str(manifest["period"]), Capacity, "")
        for theme in planning.get("themes", []):
            label = f"{manifest['period']}|{theme['settings']['name']}"
            checks += _one(theme, label, Theme, f"{theme['settings']['name']} ")
    except (KeyError, TypeError, ValueError) as fault:
        raise InputRefused(
            f"清单文件缺少重放所需内容或被改动 / the manifest lacks what a replay needs, or was altered: {fault!r}. "
            "Take it from the folder of lists as it was issued."
        ) from None
    return checks


def _one(planning: Mapping[str, Any], year: str, kind: type[Capacity], title: str) -> list[Check]:
    known = {name: value for name, value in planning["settings"].items() if name in kind.model_fields}
    settings, told, seed = kind.model_validate(known), planning["replay"], int(planning["seed"])
    sizes = {one["stratum"]: int(one["population"]) for one in planning["strata"]}
    return [*_providers(told, sizes, settings, year, seed, title), _teams(told, settings, year, seed, title)]


def _providers(
    told: Mapping[str, Any], sizes: Mapping[str, int], settings: Capacity, year: str, seed: int, title: str
) -> list[Check]:
    pairs = sorted((code, kind) for kind, codes in told["frame"].items() for code in codes)
    codes, kinds = [code for code, _ in pairs], [kind for _, kind in pairs]
    if len(set(codes)) < len(codes):
        raise ValueError("a provider is in the frame twice")
    half_days = np.array([half(settings.days[kind]) for kind in kinds], dtype=np.int64)
    total = half(settings.team_days) * settings.teams
    order = [int(i) for i in lot_order(codes, seed, year)]
    strata = draw(kinds, half_days, order, settings.random_share, total, int(told["spare_half_days"]))
    again = {one.name: ([codes[i] for i in one.drawn], len(one.members)) for one in strata}
    checks = []
    for name in sorted(set(again) | set(told["drawn"])):
        drawn, population = again.get(name, ([], 0))
        said = [str(code) for code in told["drawn"].get(name, [])]
        equal = drawn == said and name in told["drawn"] and sizes.get(name) == population > 0
        checks.append(Check(f"{title}{name}", population, len(drawn), equal, tuple(sorted(set(drawn) ^ set(said)))))
    return checks


def _teams(told: Mapping[str, Any], settings: Capacity, year: str, seed: int, title: str) -> Check:
    visits = {str(code): (int(days), int(team)) for code, (days, team) in told["visits"].items()}
    codes = sorted(visits)
    half_days = np.array([visits[code][0] for code in codes], dtype=np.int64)
    order = [int(i) for i in lot_order(codes, seed, year)]
    made = assign(order, codes, half_days, half(settings.team_days), settings.teams, seed, year)
    differs = tuple(code for i, code in enumerate(codes) if made.get(i, -1) + 1 != visits[code][1])
    return Check(f"{title}检查组 / teams", len(codes), len(codes), not differs, differs)
