"""Stage reports, for the targets of the plan: dossiers to take along, and the notebooks of auditors, executed."""

from pathlib import Path

import dagster as dg

from assets.common import POOL, report_address, stage
from models.dossier import write_dossiers
from models.notebooks.run import execute_for_targets
from models.session import Session


def _links(home: Path, folders: dict[str, Path], page: str = "index.html") -> dg.MarkdownMetadataValue:
    """A link a provider, to be opened where `jicha ui` runs."""
    lines = [f"- [{code}]({report_address(str(path.relative_to(home) / page))})" for code, path in folders.items()]
    return dg.MetadataValue.md("\n".join(lines))


def target_assets() -> list[dg.AssetsDefinition]:
    """What is made of the plan's targets only, on demand and once a year: a run of every day does not wait for it."""

    @dg.asset(
        group_name="targets",
        pool=POOL,
        deps=["published", ["plan", "inspection"]],
        description="工作底稿 / dossiers of the first planned targets, in <home>/reports/dossiers.",
        kinds={"html", "excel"},
    )
    def dossier(jicha: dg.ResourceParam[Session]) -> dg.MaterializeResult:
        with stage(jicha):
            written = write_dossiers(jicha.home, jicha.config)
        folders = written.made | written.fresh
        return dg.MaterializeResult(
            metadata={
                "dossiers": _links(jicha.home.reports, folders),
                "made": len(written.made),
                "unchanged": len(written.fresh),
            }
        )

    @dg.asset(
        group_name="targets",
        pool=POOL,
        deps=["published", ["plan", "inspection"]],
        description="笔记本 / auditors' notebooks executed for the first planned targets, in <home>/reports/notebooks.",
        kinds={"jupyter"},
    )
    def notebook(jicha: dg.ResourceParam[Session]) -> dg.MaterializeResult:
        with stage(jicha):
            executed = execute_for_targets(jicha.home, jicha.config)
        made = {f"{code} {one.name}": one for code, books in executed.items() for one in books}
        shown = {f"notebook {name}": dg.MetadataValue.notebook(str(one.notebook)) for name, one in made.items()}
        pages = _links(jicha.home.reports, {name: one.page for name, one in made.items()}, "")
        return dg.MaterializeResult(metadata={"pages": pages, "executed": len(made), **shown})

    return [dossier, notebook]
