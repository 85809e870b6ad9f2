"""A connection keeps its limits: what does not fit in memory is written to the home's own folder, encrypted."""

from pathlib import Path

from models.config import Config, EngineSettings
from models.engine import open_engine
from models.home import Home


def test_what_exceeds_the_memory_limit_is_spilled(tmp_path: Path) -> None:
    config = Config(engine=EngineSettings(memory_limit="150MB", threads=2))
    engine = open_engine(Home(tmp_path / "home"), config)
    try:
        found = engine.con.execute(
            "select count(*), max(place) from (select row_number() over (order by md5(i::varchar)) as place "
            "from range(3000000) t(i))"
        ).fetchall()
        spilled = engine.con.execute("select current_setting('temp_directory')").fetchall()[0][0]
    finally:
        engine.close()
    assert found == [(3_000_000, 3_000_000)]
    assert Path(spilled).is_relative_to(tmp_path)
