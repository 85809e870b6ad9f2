"""The data dictionary of the committed sample, made from the contract: data_samples/README.md."""

import shutil
from functools import cache
from pathlib import Path

import yaml

from models.contracts import tables
from models.sample.world import WorldSummary, write_world

#: the committed sample's arguments
PEOPLE, MONTHS, PROVIDERS, SEED = 300, 3, 12, 7


def write_county(out: Path) -> WorldSummary:
    """The committed sample: a tiny messy county with its truth."""
    return write_world(out, people=PEOPLE, months=MONTHS, seed=SEED, providers=PROVIDERS)


@cache
def _meanings() -> dict[str, str]:
    text = (TEXTS / "meanings.yaml").read_text(encoding="utf-8")
    return {str(k): str(v) for k, v in yaml.safe_load(text).items()}


TEXTS = Path(__file__).parent / "texts"


def text() -> str:
    """README.md of data_samples: how to make the sample, and every table and column."""
    head = (TEXTS / "data_samples.md").read_text(encoding="utf-8")
    out = [head.format(PEOPLE=PEOPLE, MONTHS=MONTHS, PROVIDERS=PROVIDERS, SEED=SEED)]
    for name, table in tables().items():
        out.append(f"## `{name}` {table.title}\n")
        if name == "outmed_setl_d":
            out.append("Settlements of the area's own insured elsewhere; columns as `setl_d`.\n")
            continue
        out.append("| column | 中文 | meaning | type | also named |")
        out.append("|---|---|---|---|---|")
        for column in table.columns.values():
            shown = f"**{column.name}**" if column.name in table.key else column.name
            star, also = "*" if column.required else "", ", ".join(column.aliases)
            out.append(f"| {shown}{star} | {column.title} | {_meanings()[column.name]} | {column.type} | {also} |")
        out.append("")
    return "\n".join(out).rstrip() + "\n"


def main() -> None:
    """Write data_samples anew."""
    folder = Path(__file__).resolve().parents[2] / "data_samples"
    (folder / "README.md").write_text(text(), encoding="utf-8")
    shutil.rmtree(folder / "county", ignore_errors=True)
    write_county(folder / "county")


if __name__ == "__main__":
    main()
