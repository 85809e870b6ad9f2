"""Draw the county: people, ordinary life, schemes, money, refunds. All in memory, all from the seed."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from models.sample import coding, funds, inventory, knowledge, kp_tables, reference, refunds, tables
from models.sample.alerts import pre_alerts, recoveries
from models.sample.catalogue import Catalogue
from models.sample.charges import Charges
from models.sample.conflicts import drop_conflicts
from models.sample.draft import Draft
from models.sample.inpatient import random_stays
from models.sample.months import Calendar, calendar
from models.sample.outpatient import Baskets, chronic_visits, dialysis_visits, homes, random_visits
from models.sample.people import People, make_people
from models.sample.providers import Providers, make_providers
from models.sample.schemes import admissions, gathering, limits, persons, policies, purchases, shifting, stays
from models.sample.schemes import providers as provider_truth
from models.sample.schemes.attached import Hanger
from models.sample.schemes.scene import Scene
from models.sample.seeds import stream
from models.sample.settle import Ledger, settle


@dataclass
class World:
    """Everything in memory, before it is written."""

    cal: Calendar
    people: People
    providers: Providers
    catalogue: Catalogue
    draft: Draft
    ledger: Ledger
    monthly: dict[str, pl.DataFrame]
    reference: dict[str, pl.DataFrame]
    recovered: set[int]


def _ordinary(
    seed: int, d: Draft, folk: People, places: Providers, home: np.ndarray, cat: Catalogue, cal: Calendar
) -> None:
    random_visits(stream(seed, "visits"), d, folk, places, home, cal)
    dialysis_visits(stream(seed, "dialysis"), d, folk, places, cat, cal)
    chronic_visits(stream(seed, "chronic"), d, folk, places, home, cal)
    random_stays(stream(seed, "stays"), d, folk, places, cal)


def _schemes(scene: Scene) -> None:
    """Schemes that make visits of their own."""
    for scheme in (
        gathering.gangs,
        gathering.families,
        gathering.schedules,
        persons.frequent,
        persons.hoarding,
        persons.after_death,
        stays.split,
        stays.overlaps,
        stays.planned,
        limits.birthdays,
        limits.prices,
        limits.frequencies,
        limits.exclusives,
        admissions.frequent,
        admissions.seldom,
        admissions.low_standard,
        shifting.moved_out,
        shifting.selfpaid,
        provider_truth.roles,
        *purchases.SCHEMES,
        *policies.SCHEMES,
    ):
        scheme(scene)


def build(people: int, months: int, seed: int, providers: int, first_month: str) -> World:
    """Draw the county of these arguments."""
    cal = calendar(first_month, months)
    folk = make_people(stream(seed, "people"), people, cal)
    places = make_providers(stream(seed, "providers"), providers)
    cat, d = Catalogue(knowledge.ITEMS), Draft()
    home = homes(stream(seed, "homes"), folk, places)
    _ordinary(seed, d, folk, places, home, cat, cal)
    scene = Scene(cal, folk, places, cat, home, d, stream(seed, "schemes"))
    _schemes(scene)
    drop_conflicts(d, folk)
    Baskets(stream(seed, "baskets"), cat, places, folk).fill(d)
    Charges(stream(seed, "charges"), stream(seed, "standard examinations"), cat, places).fill(d)
    scene.rng = stream(seed, "hanging")
    hanger = Hanger(scene)
    hanger.run()
    hanger.contradicted()
    hanger.coded()
    hanger.outside_stay()
    ledger = settle(d, cal, folk, places, cat, stream(seed, "money"))
    refunds.apply(ledger, d, cal, places.of_class(0), stream(seed, "refunds"))
    world = World(cal, folk, places, cat, d, ledger, {}, {}, set())
    _tables(world, seed)
    return world


def _tables(w: World, seed: int) -> None:
    """Make the landing's tables from the ledger."""
    last = len(w.cal.names) - 1
    w.ledger.settlements = w.ledger.settlements.with_columns(updt_time=pl.col("at") + 3600)
    w.ledger.lines = w.ledger.lines.with_columns(updt_time=pl.col("at") + 7200, month=pl.col("month").fill_null(last))
    settlements = tables.setl(w.ledger, w.people, w.providers, w.draft)
    w.monthly = {
        "setl_d": settlements.filter(~pl.col("external")),
        "outmed_setl_d": settlements.filter(pl.col("external")),
        "fee_list_d": tables.fee_list(w.ledger, w.people, w.providers, w.catalogue),
        "setl_list_diag_d": coding.diagnoses(w.ledger.settlements, w.draft),
        "setl_list_oprn_d": coding.operations(w.ledger.settlements, w.draft),
        "drg_grp_d": tables.drg_grp(w.ledger),
        "mdtrt_d": tables.mdtrt(w.ledger, w.draft.visits.frame()),
        **inventory.inventory(w.ledger, w.draft, w.providers, w.catalogue, w.cal, stream(seed, "inventory")),
        "pre_alert_d": pre_alerts(w.ledger, w.draft, w.providers, stream(seed, "alerts")),
    }
    recovered, w.recovered = recoveries(w.ledger, w.draft, w.cal, stream(seed, "recoveries"))
    w.reference = {
        "medins_info_b": reference.provider_table(w.providers, w.cal),
        "psn_info_b": reference.people_table(w.people),
        "drg_std": reference.standards(),
        "pay_par": reference.payment_parameters(),
        **_small(w, settlements),
        "recovered_d": recovered,
        "decision_d": pl.DataFrame({}),
        "reply_d": pl.DataFrame({}),
        **kp_tables.knowledge_tables(w.catalogue),
    }


def _small(w: World, settlements: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The small reference tables, budgets in their old place among them."""
    small = reference.small_tables(w.providers, w.cal, w.catalogue)
    last = small.pop("nat_data_dic_a")
    return {**small, "fund_budget_d": funds.budgets(settlements, w.providers, w.cal, w.draft), "nat_data_dic_a": last}
