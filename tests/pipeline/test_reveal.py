"""Who holds the key can find the persons again, and every use is logged."""

import json
from pathlib import Path

import polars as pl

from models.ingest.keys import pseudonym
from tests.pipeline.support import KEY, jicha


def test_reveal_puts_the_number_beside_the_pseudonym(landing: Path, home: Path, key_file: Path, tmp_path: Path) -> None:
    source = next(p for p in sorted(home.glob("lists/*Q*/clawback.parquet")) if pl.read_parquet(p).height)
    out = tmp_path / "named.csv"
    words = ["reveal", source, "--landing", landing, "--home", home, "--key-file", key_file, "--out", out]
    result = jicha(*words)
    assert result.returncode == 0, result.stderr
    shown = pl.read_csv(out, infer_schema=False)
    assert shown.height == pl.read_parquet(source).height
    assert shown["psn_id"].is_not_null().any()
    for psn_id, no in shown.select("psn_id", "psn_no").iter_rows():  # stock of a provider's item is nobody's
        assert (no and pseudonym(bytes.fromhex(KEY), no)) == psn_id
    entry = json.loads((home / "register" / "reveal.log").read_text(encoding="utf-8").splitlines()[-1])
    assert entry["rows"] == shown.height
    again = jicha(*words)
    assert again.returncode == 2, "never overwrites"
