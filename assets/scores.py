"""Stage scores: deviation, indicators, upcoding and the provider table of a quarter; claims after netting and caps."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import dagster as dg

from assets.common import FIRST, POOL, schema_of, stage
from assets.findings import ALL_RULES
from models import due
from models.engine import Engine
from models.money import claims
from models.money.register import Register
from models.periods import quarter_of
from models.session import Session

# The models bring scipy and scikit-learn, which take seconds to import: they come in where they run, so that the
# definitions load at once. `pipelines/beside.py` has them ready by then.


Work = Callable[[Session, Engine, str], object]
Works = dict[tuple[str, str], Callable[[Engine], object]]


def _score(name: str) -> Work:
    def call(session: Session, engine: Engine, period: str) -> object:
        from models import scores

        return getattr(scores, name)(engine, period, session.config)

    return call


def _gathering(session: Session, engine: Engine, period: str) -> object:
    from models import gathering

    return gathering.gathering(engine, period, session.config)


def _persons(session: Session, engine: Engine, period: str) -> object:
    from models import persons

    return persons.persons(engine, period, session.config)


def _claims(session: Session, engine: Engine, period: str) -> None:
    moment = due.as_of(session)
    with engine.transaction():
        claims(engine, period, session.config, Register(session.home), moment.date() if moment else None)


# they read core alone and write tables of their own; persons run rules, so they wait for theirs
BESIDE: dict[str, Work] = {
    "deviation": _score("deviation"),
    "indicator": _score("indicator"),
    "upcoding": _score("upcoding"),
    "outlier": _score("outlier"),
    "gathering": _gathering,
}


def works_beside(session: Session, period: str, selected: Iterable[dg.AssetKey]) -> Works:
    """The selected scores of a quarter that do not wait for its rules; each asset then takes its own."""
    names = {key.path[-1] for key in selected}
    return {(name, period): partial(_call, work, session, period) for name, work in BESIDE.items() if name in names}


def _call(work: Work, session: Session, period: str, engine: Engine) -> object:
    return work(session, engine, period)


def _stages() -> list[tuple[str, str, str, list[Any], Work]]:
    """Name, table it fills, description, what it needs, what it calls."""
    return [
        (
            "deviation",
            "score.deviation",
            "费用偏差 / cost deviation by peers without the provider itself",
            ["quality"],
            BESIDE["deviation"],
        ),
        (
            "indicator",
            "score.indicator",
            "机构指标 / CMI, consumption indices, multiples and the national indicator rules",
            ["quality"],
            BESIDE["indicator"],
        ),
        (
            "upcoding",
            "score.upcoding_provider",
            "高编高套 / share of dearer tiers inside paired groups",
            ["quality"],
            BESIDE["upcoding"],
        ),
        (
            "outlier",
            "score.outlier",
            "综合离群 / how unlike its peers over many rates together; shown beside the other scores",
            ["quality"],
            BESIDE["outlier"],
        ),
        (
            "gathering",
            "score.gathering_group",
            "就医聚集 / groups that come together more often than chance and schedule explain; regular cohorts",
            ["quality"],
            BESIDE["gathering"],
        ),
        (
            "person",
            "score.person",
            "个人异常行为 / persons whose visits and purchases are unlike others', and the providers they lead to",
            ["quality"],
            _persons,
        ),
        (
            "claim",
            "money.claim",
            "拟追回 / claims: netted, capped, one yuan claimed once",
            [ALL_RULES, "upcoding"],  # an upheld upcoding case claims the difference that the list names
            _claims,
        ),
        (
            "provider_score",
            "score.provider_score",
            "机构评分 / every provider's scores",
            ["deviation", "upcoding", "outlier", "gathering", "person", "claim"],
            _score("provider_score"),
        ),
    ]


def _result(session: Session, table: str, period: str) -> dg.MaterializeResult:
    frame = session.engine.frame(f"select * from {table} where period = $period", {"period": period})
    return dg.MaterializeResult(metadata={"dagster/row_count": frame.height, "dagster/column_schema": schema_of(frame)})


def score_assets(quarters: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Quarterly scores; each looks at the twelve months up to the quarter's end."""

    def _asset(name: str, table: str, text: str, deps: list[Any], work: Work) -> dg.AssetsDefinition:
        @dg.asset(
            name=name,
            deps=deps,
            description=text,
            group_name="scores",
            pool=POOL,
            partitions_def=quarters,
            backfill_policy=dg.BackfillPolicy.multi_run(),
            kinds={"duckdb", "python"},
            op_tags=FIRST if name == "claim" else None,
        )
        def score(context: dg.AssetExecutionContext, jicha: dg.ResourceParam[Session]) -> dg.MaterializeResult:
            period = str(quarter_of(context.partition_time_window.start.date()))
            with stage(jicha):
                jicha.beside.result(jicha.engine, (name, period), partial(_call, work, jicha, period))
            return _result(jicha, table, period)

        return score

    return [*(_asset(*stage) for stage in _stages()), _graph(quarters)]


def _graph(quarters: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        name="person_graph",
        deps=["person"],
        description="知识图谱 / persons listed, their providers, doctors and drugs: Parquet and GraphML.",
        group_name="scores",
        pool=POOL,
        partitions_def=quarters,
        backfill_policy=dg.BackfillPolicy.multi_run(),
        kinds={"parquet"},
    )
    def person_graph(context: dg.AssetExecutionContext, jicha: dg.ResourceParam[Session]) -> dg.MaterializeResult:
        period = str(quarter_of(context.partition_time_window.start.date()))
        from models import persons

        folder = jicha.home.reports / "persons" / period
        with stage(jicha):
            rows = persons.write_graph(jicha.engine, period, jicha.config, folder)
        return dg.MaterializeResult(metadata={**rows, "folder": dg.MetadataValue.path(str(folder))})

    return person_graph
