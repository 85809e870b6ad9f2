"""`jicha replay`."""

import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table


@click.command("replay")
@click.argument("manifest", type=click.Path(path_type=Path))
def command(manifest: Path) -> None:
    """重抽公开的签并比对 / draw the lots of a plan again from its manifest alone, and say whether they are equal.

    MANIFEST: 年度计划的 manifest.json 或其目录 / manifest.json of a plan, or its folder. Nothing else is read.
    """
    from models.errors import InputRefused
    from models.manifest import FILE
    from models.planning.replay import replay

    path = manifest / FILE if manifest.is_dir() else manifest
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputRefused(
            f"{path} 无法读取 / cannot be read as a manifest. Give manifest.json of lists/<year>/."
        ) from None
    found = found.get("manifest", found) if isinstance(found, dict) else {}  # an entry of the register holds it
    checks = replay(found)
    table = Table("抽签 lot", "总体 population", "抽取 drawn", "结果 result", "不同 differs")
    for one in checks:
        table.add_row(
            one.what, str(one.population), str(one.drawn), "一致 / equal" if one.equal else "不一致 / NOT EQUAL",
            " ".join(one.differs[:10]),
        )  # fmt: skip
    Console(width=140, highlight=False).print(table)
    wrong = [one.what for one in checks if not one.equal]
    if wrong:
        raise InputRefused(
            f"{len(wrong)} 项与公开种子不符 / are not what the public seed gives: {', '.join(wrong)}. "
            "The manifest or its lists were changed after they were made."
        )
    click.echo(f"全部一致 / all equal: {found['period']}，种子 / seed {found['planning']['seed']}")
