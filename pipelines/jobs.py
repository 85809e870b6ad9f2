"""Jobs: load what was delivered, make a quarter's lists, make the annual plan, publish, prepare the targets."""

import dagster as dg

_IN_PROCESS = dg.in_process_executor

LOAD = dg.define_asset_job(
    "load",
    selection=dg.AssetSelection.groups("raw", "core", "feedback"),
    executor_def=_IN_PROCESS,
    description="数据入库 / load new deliveries and rebuild the core tables",
)
LOAD_REFERENCE = dg.define_asset_job(
    "load_reference",
    selection=dg.AssetSelection.groups("raw", "core", "feedback") - dg.AssetSelection.assets("raw_month"),
    executor_def=_IN_PROCESS,
    description="参考数据入库 / load reference data and mapped files, rebuild the core tables",
)
QUARTER = dg.define_asset_job(
    "quarter",
    selection=dg.AssetSelection.groups("quality", "findings", "scores")
    | dg.AssetSelection.assets(["list", "clawback"]).required_multi_asset_neighbors(),
    executor_def=_IN_PROCESS,
    description="季度清单 / quality, findings, scores and lists of one quarter",
)
# provider_score and the lists are all that thresholds reach
RELIST = dg.define_asset_job(
    "relist",
    selection=dg.AssetSelection.assets("provider_score")
    | dg.AssetSelection.assets(["list", "clawback"]).required_multi_asset_neighbors(),
    executor_def=_IN_PROCESS,
    description="仅阈值变化 / the lists of a quarter whose thresholds alone changed, from the tables as they stand",
)
PLAN = dg.define_asset_job(
    "plan",
    selection=dg.AssetSelection.assets(["plan", "inspection"]).required_multi_asset_neighbors(),
    executor_def=_IN_PROCESS,
    description="年度检查计划 / the ranked inspection targets of one year",
)
PUBLISH = dg.define_asset_job(
    "publish",
    selection=dg.AssetSelection.groups("reports"),
    executor_def=_IN_PROCESS,
    description="发布快照 / publish a read-only snapshot",
)
TARGETS = dg.define_asset_job(
    "targets",
    selection=dg.AssetSelection.groups("reports", "targets"),
    executor_def=_IN_PROCESS,
    description="检查对象材料 / publish, then dossiers and notebooks of the plan's targets",
)
JOBS = [LOAD, LOAD_REFERENCE, QUARTER, RELIST, PLAN, PUBLISH, TARGETS]
