"""Stage feedback: what reviewers decided and what came back, as loaded from the landing."""

import dagster as dg

from assets.common import POOL, stage
from assets.plot import bar_plot
from models.lists.living import write_review
from models.session import Session


def feedback_assets() -> list[dg.AssetsDefinition]:
    """Counts of decisions by outcome, and the progress of what is issued."""

    @dg.asset(
        group_name="feedback",
        pool=POOL,
        deps=["raw_reference", dg.AssetKey(["core", "settlement"])],
        description="处理结果 / decisions that came back as extracts.",
        kinds={"duckdb"},
    )
    def decisions(jicha: dg.ResourceParam[Session]) -> dg.MaterializeResult:
        with stage(jicha):
            rows = list(jicha.engine.query("lists/decision_outcome").iter_rows())
            attention = write_review(jicha)
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": sum(int(row[1]) for row in rows),
                "attention": "\n".join(attention),
                "outcomes": bar_plot("decisions", [str(row[0]) for row in rows], [float(row[1]) for row in rows]),
            }
        )

    return [decisions]
