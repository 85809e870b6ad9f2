"""`jicha dossier` on a finished run: the planned targets, any provider, what the draw and the plan say, no identity."""

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.pipeline.support import jicha, tree_bytes
from tests.pipeline.test_privacy import files_with, planted, unpacked


@pytest.fixture(scope="module")
def made(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the home with the dossiers of its planned targets."""
    copy = tmp_path_factory.mktemp("dossiers") / "home"
    shutil.copytree(home, copy, symlinks=True)
    (copy / "config.yaml").write_text("reports: {dossiers: 3}\n", encoding="utf-8")
    result = jicha("dossier", "--home", copy)
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("工作底稿") == 3
    return copy


def _folders(made: Path) -> list[Path]:
    return sorted(path.parent for path in made.glob("reports/dossiers/*/*/manifest.json"))


def test_the_first_planned_targets_have_a_dossier_and_the_portrait_links_to_it(made: Path) -> None:
    plan = pl.read_parquet(next(made.glob("lists/*/inspection.parquet"))).sort("rank")
    first = plan.filter(pl.col("planned") == 1)["fixmedins_code"].to_list()[:3]
    assert {path.name for path in _folders(made)} == set(first)
    for folder in _folders(made):
        page = made / "reports" / "site" / "zh" / "provider" / f"{folder.name}.html"
        address = f"../../../dossiers/{folder.parent.name}/{folder.name}/index.html"
        assert f'href="{address}"' in page.read_text(encoding="utf-8")
        assert (page.parent / address).resolve() == (folder / "index.html").resolve()
        assert "dossiers/" not in (page.parents[1] / "self" / page.name).read_text(encoding="utf-8"), "not for outside"


def test_again_changes_nothing_and_elsewhere_the_bytes_are_the_same(made: Path, tmp_path: Path) -> None:
    folder = made / "reports" / "dossiers"
    before = tree_bytes(folder)
    result = jicha("dossier", "--home", made)
    assert result.returncode == 0 and "无变化" in result.stdout
    assert tree_bytes(folder) == before
    other = tmp_path / "home"
    shutil.copytree(made, other, symlinks=True, ignore=shutil.ignore_patterns("dossiers", "site", "dagster"))
    assert jicha("dossier", "--home", other).returncode == 0
    digests = [
        {name: one.split()[0] for name, one in tree_bytes(at).items()}
        for at in (folder, other / folder.relative_to(made))
    ]
    assert digests[0] == digests[1]


def test_any_provider_on_demand_and_all_unknown_ones_named(made: Path) -> None:
    plan = pl.read_parquet(next(made.glob("lists/*/inspection.parquet"))).sort("rank")
    last = plan["fixmedins_code"].to_list()[-1]
    result = jicha("dossier", last, "--home", made)
    assert result.returncode == 0 and last in result.stdout
    result = jicha("dossier", "../../x", last, "nobody", "--home", made)
    assert result.returncode == 2
    assert "../../x" in result.stderr and "nobody" in result.stderr and "Traceback" not in result.stderr
    assert jicha("dossier", "--year", "2019", "--home", made).returncode == 2


def test_the_frame_tells_the_draw_and_money_agrees_with_the_lists(made: Path) -> None:
    claims = pl.concat([pl.read_parquet(path) for path in made.glob("lists/*Q*/clawback.parquet")])
    for folder in _folders(made):
        said = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        mine = claims.filter((pl.col("fixmedins_code") == folder.name) & pl.col("period").is_in(said["quarters"]))
        shown = pl.read_csv(folder / "clawback.csv", infer_schema=False)
        assert sorted(shown["candidate_id"]) == sorted(mine["candidate_id"])
        assert shown["fund_amount"].cast(pl.Decimal(16, 2)).sum() == mine["fund_amount"].sum()
        frame = pl.read_csv(folder / "frame.csv", schema_overrides={"seed": pl.Int64})
        sample = pl.read_csv(folder / "review_sample.csv")
        assert frame["own"].sum() == sample.height
        probability = (frame["drawn"] / frame["population"] - frame["selection_probability"]).abs()
        assert frame.is_empty() or probability.max() < 1e-7
        lines = pl.read_csv(folder / "lines.csv", infer_schema=False)
        assert set(lines["setl_id"]) <= set(mine["setl_id"].drop_nulls())
        pointed = set(mine["bkkp_sn"].drop_nulls())
        assert set(lines.filter(pl.col("rules").is_not_null())["bkkp_sn"]) <= pointed


def test_no_identity_in_a_dossier(made: Path, landing: Path, tmp_path: Path) -> None:
    patterns = tmp_path / "patterns"
    patterns.write_text("\n".join(planted(landing)) + "\n", encoding="utf-8")
    inside = tmp_path / "unpacked"
    inside.mkdir()
    unpacked(made / "reports" / "dossiers", inside)
    assert any(inside.iterdir())
    assert files_with(patterns, made / "reports" / "dossiers", inside) == []
