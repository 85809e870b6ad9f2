"""Profiles of providers and doctors, put on one scale inside their peer groups."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from models.config import Config
from models.engine.duck import Engine
from models.scores.cases import prepare_planned
from models.scores.outlier_measures import ALIKE, MEASURES
from models.scores.peers import PRIOR_MEMBERS, Floats
from models.scores.window import Window

#: visits at which a unit's own value has half of the weight, its peers' median the other half
HALF_TRUST_VISITS = 30.0
#: visits behind a measure from which a unit's value speaks for its peers' norm
NORM_VISITS = 10
#: standardised values further beyond this count as this: one wild measure must not drown the others
WINSOR = 8.0
#: own units are left out of the norm's median where they are at least this share of the group; fewer do not move it
OWN_SHARE = 0.02
#: temporary tables in the order they are made, and what each is the last to need
_STAGES = {"line": (), "stay": (), "person": (), "cell": ("line", "stay", "person"), "own": (), "key": ("own",)}
_LOG_UNIT, _EXCESS_UNIT = 1e6, 1e3  # what the queries count logarithms and excesses in
_MAD, _MEAN_DEVIATION, _MEDIAN_VARIANCE = 1.4826, 1.2533, np.pi / 2


@dataclass(frozen=True)
class Profile:
    """Units of one level (rows as in `units`) with their measures.

    `value` as observed (share, or mean log), `gap` = excess beyond the peers' median excess, `z` = the gap trusted by
    its visits over the peers' spread, less what counts as alike, winsorised; 0 where a measure says nothing.
    """

    units: pl.DataFrame
    value: Floats
    gap: Floats
    z: Floats


def unit_sums(engine: Engine, window: Window, config: Config) -> pl.DataFrame:
    """One row a provider and a doctor: visits and the sums of every measure (`sql/scores/outlier_unit.sql`).

    Reads core.settlement, core.fee_line, core.diagnosis, core.operation and score.peer. Steps between are temporary
    tables: nothing is left in the warehouse.
    """
    prepare_planned(engine, config)
    params: dict[str, object] = {**window.bounds(config.params.look_back_days)}
    params |= {"split_days": config.params.split_stay_days}
    for stage, done in _STAGES.items():
        name = f"scores/outlier_{stage}"
        engine.temporary(f"outlier_{stage}", name, **params)
        _drop(engine, done)
    found = engine.query("scores/outlier_unit")
    _drop(engine, ("cell", "key"))
    return found


def _drop(engine: Engine, stages: tuple[str, ...]) -> None:
    for stage in stages:
        engine.con.execute(f"drop table temp.outlier_{stage}")


def profile(units: pl.DataFrame, config: Config) -> Profile:
    """Standardise the units of one level inside their peer groups.

    Adds `peers` (other providers of the peer group with a unit of enough visits) and `assessable` to the units. Norm
    and spread are the median and the median absolute deviation of the peers' excesses, own provider left out.
    """
    units = units.sort("fixmedins_code", "unit_code")
    enough = units["visits"].to_numpy() >= config.params.peer_min_cases
    provider, group = units["fixmedins_code"].to_numpy(), units["peer_group"].to_numpy()
    value, excess, count = _measured(units)
    peers, gap, spread, members = _against_peers(provider, group, enough, excess, count)
    deviations = np.where(enough[:, None] & (count >= NORM_VISITS), np.abs(gap), np.nan)
    wide = np.array([_MAD * _median(column) for column in deviations.T])
    blended = np.sqrt((members * spread**2 + PRIOR_MEMBERS * wide**2) / (members + PRIOR_MEMBERS))
    least = np.array([measure.least_spread for measure in MEASURES])
    scale = np.maximum(blended, least) * np.sqrt(1 + _MEDIAN_VARIANCE / np.maximum(members, 1))
    z = np.nan_to_num(gap * count / (count + HALF_TRUST_VISITS) / scale)
    z = np.where(members >= config.params.peer_min_providers, z, 0.0)
    z = np.sign(z) * np.clip(np.abs(z) - ALIKE, 0, WINSOR)
    assessable = enough & (peers >= config.params.peer_min_providers)
    units = units.with_columns(peers=pl.Series(peers), assessable=pl.Series(assessable))
    return Profile(units, value, gap, z.round(6) + 0.0)


def _measured(units: pl.DataFrame) -> tuple[Floats, Floats, Floats]:
    """Observed values, excesses and visits behind them (units × measures); NaN where there is nothing."""

    def columns(names: list[str]) -> Floats:
        return np.column_stack([units[name].cast(pl.Float64).to_numpy() for name in names])

    unit = np.array([_LOG_UNIT if measure.kind == "ratio" else 1.0 for measure in MEASURES])
    base = columns([measure.base for measure in MEASURES])
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(base > 0, columns([f"v_{measure.name}" for measure in MEASURES]) / unit / base, np.nan)
        excess = np.where(base > 0, columns([f"e_{measure.name}" for measure in MEASURES]) / unit / base, np.nan)
    excess = excess / _EXCESS_UNIT
    return value, excess.round(9), columns([measure.count for measure in MEASURES])


def _against_peers(
    provider: np.ndarray, group: np.ndarray, enough: np.ndarray, excess: Floats, count: Floats
) -> tuple[np.ndarray, Floats, Floats, Floats]:
    """Peer providers of each unit; of each measure the gap to the peers' median, their spread, their number."""
    peers = np.zeros(len(provider), dtype=np.int64)
    gap, spread, members = (np.full(excess.shape, fill) for fill in (np.nan, np.nan, 0.0))
    votes = np.where(enough[:, None] & (count >= NORM_VISITS), excess, np.nan)
    place = np.unique(provider, return_inverse=True)[1]
    units = np.bincount(place, weights=enough)  # that can be compared, by provider
    for one in np.unique(group):
        inside = np.flatnonzero(group == one)
        able = inside[enough[inside]]
        peers[inside] = len(np.unique(place[able])) - (units[place[inside]] > 0)
        gap[inside], spread[inside], members[inside] = _placed(excess[inside], _norm(votes[able]))
        for code in np.flatnonzero(np.bincount(place[able], minlength=1) >= max(OWN_SHARE * len(able), 1)):
            own = inside[place[inside] == code]
            norm = _norm(votes[able[place[able] != code]])
            gap[own], spread[own], members[own] = _placed(excess[own], norm)
    return peers, gap, np.nan_to_num(spread), members


def _placed(excess: Floats, norm: tuple[Floats, Floats, Floats]) -> tuple[Floats, Floats, Floats]:
    return excess - norm[0], norm[1], norm[2]


def _norm(votes: Floats) -> tuple[Floats, Floats, Floats]:
    """Median, spread and number of the peers' values, measure by measure."""
    centre, spread = np.full(votes.shape[1], np.nan), np.zeros(votes.shape[1])
    for place, column in enumerate(votes.T):
        known = column[~np.isnan(column)]
        if len(known):
            centre[place] = np.median(known)
            away = np.abs(known - centre[place])
            # where more than half are alike the median deviation is zero and says nothing of the rest
            spread[place] = _MAD * np.median(away) or _MEAN_DEVIATION * away.mean()
    return centre, spread, (~np.isnan(votes)).sum(axis=0).astype(float)


def _median(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else 0.0
