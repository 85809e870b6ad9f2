"""Lists against planted truth: precision and recall of every scheme beside the simple baselines of a bureau."""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from models.config import load_config
from models.engine import Engine, open_engine
from models.engine.frames import as_view
from models.errors import InputRefused
from models.evaluation.funds import fund_table
from models.evaluation.measures import Result
from models.evaluation.people import people_table
from models.evaluation.person_patterns import pattern_table
from models.evaluation.provider_schemes import lookalike_table, provider_table
from models.evaluation.rules import line_table, settlement_table
from models.evaluation.truth import Lists, Truth, periods, read_lists, read_truth
from models.home import Home
from models.ingest.keys import pseudonym
from models.periods import parse_quarter
from models.rules import registry
from models.scores.window import Window, quarter_window

CO_VISITS = (3, 5)
#: provider days with more people than this are left out of the co-visit baseline, which would not end otherwise
BUSIEST = 400


def evaluate(home: Home, truth: Path, key_file: Path | None = None) -> list[Result]:
    """Tables of `jicha evaluate`: rules by line, settlements, providers, groups, persons, innocent ones, funds.

    Reads the lists of a home, its warehouse (read only, for the baselines) and `<truth>/truth/*.parquet`. Raises
    InputRefused without truth or lists, UsageError while another process writes to the home.
    """
    planted, lists = read_truth(truth), read_lists(home)
    quarters = [name for name in periods(home) if "Q" in name]
    if not quarters:
        raise InputRefused(f"{home.lists}: 还没有季度清单 / no quarterly lists yet; run `jicha run` first.")
    config = load_config(home.config_file)
    engine = open_engine(home, config, read_only=True)
    try:
        return tables(engine, lists, planted, quarters, _pseudonymise(key_file or home.key_file))
    finally:
        engine.close()


def tables(
    engine: Engine, lists: Lists, truth: Truth, quarters: list[str], pseudonymise: Callable[[str], str]
) -> list[Result]:
    """The tables from open parts; `quarters` are those whose lists were made."""
    window = quarter_window(quarters[-1])
    built = {rule.rule_id for rule in registry() if rule.implemented}
    known = _quarters_of(engine, truth)
    listed = {setl: quarter for setl, quarter in known.items() if quarter in quarters}
    last_year = {s for s, q in known.items() if _within(q, window)}
    paid = dict(engine.query("scores/baseline_provider", **window.bounds()).rows())
    tiers = dict(engine.query("scores/baseline_tier", **window.bounds()).rows())
    return [
        line_table(truth, lists, built, listed),
        settlement_table(truth, lists, built, listed, last_year),
        provider_table(truth, lists, paid, tiers),
        people_table(truth, lists, _covisits(engine, truth, window), pseudonymise),
        pattern_table(truth, lists, pseudonymise, window, last_year),
        lookalike_table(truth, lists),
        fund_table(truth, lists),
    ]


def _pseudonymise(key_file: Path) -> Callable[[str], str]:
    """How the truth's numbers become the lists' pseudonyms. Raises InputRefused when the key is not there."""
    if not key_file.exists():
        raise InputRefused(f"密钥缺失 / the pseudonym key is missing: {key_file}. Restore it or pass --key-file.")
    key = bytes.fromhex(key_file.read_text(encoding="ascii").strip())
    return lambda number: pseudonym(key, number)


def _within(quarter: str, window: Window) -> bool:
    found = parse_quarter(quarter)
    return window.start <= found.start and found.end <= window.until


def _quarters_of(engine: Engine, truth: Truth) -> dict[str, str]:
    """Quarter of every planted settlement."""
    wanted = pl.concat([truth.lines.select("setl_id"), truth.settlements.select("setl_id")]).unique()
    with as_view(engine, "wanted_settlement", wanted):
        found = engine.frame(
            "select setl_id, quarter from core.settlement where setl_id in (select setl_id from wanted_settlement)"
        )
    return {str(setl): str(quarter) for setl, quarter in found.rows()}


def _covisits(engine: Engine, truth: Truth, window: Window) -> dict[int, set[str]]:
    if truth.groups.is_empty():
        return {}
    found = {}
    for k in CO_VISITS:
        pairs = engine.query("scores/baseline_covisit", least_days=k, busiest=BUSIEST, **window.bounds())
        found[k] = {f"{a}|{b}" for a, b in pairs.rows()}
    return found
