"""Stage reports: the read-only snapshot that people, notebooks and reports open, and the report site made of it."""

import dagster as dg

from assets.common import POOL, site_link, stage
from models import ingest, publish, site
from models.session import Session


def report_assets() -> list[dg.AssetsDefinition]:
    """One snapshot a run; readers never open the working database."""

    @dg.asset(
        group_name="reports",
        pool=POOL,
        deps=[["core", "settlement"]],
        description="只读快照 / read-only snapshot in <home>/published, `latest` points to it.",
        kinds={"duckdb"},
    )
    def published(jicha: dg.ResourceParam[Session]) -> dg.MaterializeResult:
        with stage(jicha):
            path = publish.publish(jicha.engine, jicha.home)
            # tables made anew leave as much room as they fill; here the run ends and nobody else has the file open
            ingest.settle(jicha.engine, jicha.home, jicha.config)
        return dg.MaterializeResult(
            metadata={"snapshot": dg.MetadataValue.path(str(path)), "bytes": path.stat().st_size}
        )

    @dg.asset(
        group_name="reports",
        pool=POOL,
        deps=["published", "dossier"],
        description="报告网页 / static report site in <home>/reports/site, made anew when what it shows changed.",
        kinds={"html"},
    )
    def report_site(jicha: dg.ResourceParam[Session]) -> dg.MaterializeResult:
        with stage(jicha):
            # nobody reads the warehouse any more, and the pages of a city need as much again
            jicha.engine.release()
            built = site.build(jicha.home)
        return dg.MaterializeResult(
            metadata={
                "site": site_link(),
                "folder": dg.MetadataValue.path(str(built.folder)),
                "pages": built.pages,
                "unchanged": built.fresh,
            }
        )

    return [published, report_site]
