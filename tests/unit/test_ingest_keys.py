"""The pseudonym key, and that no identity is in any byte of the home."""

import hashlib
import hmac
from pathlib import Path

import pytest

from models.config import Config
from models.engine import open_engine
from models.errors import InputRefused
from models.home import Home
from models.ingest.keys import Hmac, pseudonym, read_or_make_key
from tests.unit.ingest_support import KEY, World, lines, settlements, world  # noqa: F401

PERSON, NAME, CERTIFICATE = "44010119900101777X", "欧阳稽查样", "CERT-9988776655"


def test_pseudonyms_are_keyed_hashes_of_the_trimmed_number() -> None:
    expected = hmac.new(KEY, b"P1", hashlib.sha256).hexdigest()
    assert pseudonym(KEY, " P1 ") == expected and expected == expected.lower()
    assert Hmac(KEY).pseudonym("P1") == expected
    assert Hmac(b"k" * 90).pseudonym("人") == pseudonym(b"k" * 90, "人")


def test_the_key_is_made_once_and_kept(tmp_path: Path) -> None:
    home = Home(tmp_path)
    engine = open_engine(home, Config())
    key = read_or_make_key(home, engine)
    assert home.key_file.stat().st_mode & 0o777 == 0o600
    assert home.key_file.read_text().strip() == key.hex() and len(key) == 32
    assert read_or_make_key(home, engine) == key
    engine.close()


@pytest.mark.parametrize("damage", ["missing", "other", "garbage"])
def test_a_key_that_is_not_the_homes_is_refused_never_made(tmp_path: Path, damage: str) -> None:
    home = Home(tmp_path)
    engine = open_engine(home, Config())
    read_or_make_key(home, engine)
    if damage == "missing":
        home.key_file.unlink()
    else:
        home.key_file.write_text("ab" * 32 if damage == "other" else "no key")
    with pytest.raises(InputRefused) as refused:
        read_or_make_key(home, engine)
    assert refused.value.exit_code == 3
    assert home.key_file.exists() == (damage != "missing")
    engine.close()


def test_a_key_file_outside_the_home(tmp_path: Path) -> None:
    home, outside = Home(tmp_path / "home"), tmp_path / "my.key"
    engine = open_engine(home, Config())
    with pytest.raises(InputRefused, match=r"my\.key"):
        read_or_make_key(home, engine, outside)
    outside.write_text("0f" * 32 + "\n")
    assert read_or_make_key(home, engine, outside) == bytes.fromhex("0f" * 32)
    assert not home.key_file.exists()
    with pytest.raises(InputRefused):
        read_or_make_key(home, engine)
    engine.close()


def test_the_same_person_has_one_pseudonym_everywhere(world: World) -> None:  # noqa: F811
    world.put("202501/setl_d.csv", settlements({"psn_no": PERSON}))
    world.put("202501/fee_list_d.csv", lines({"psn_no": f" {PERSON} "}))
    world.put("reference/psn_info_b.csv", f"psn_no,gend,household_no\n{PERSON},1,HH1\n")
    world.load()
    people = {world.values(f"select psn_id from cur.{name}")[0] for name in ("setl_d", "fee_list_d", "psn_info_b")}
    assert people == {pseudonym(KEY, PERSON)}
    assert world.values("select household_no from cur.psn_info_b") == [pseudonym(KEY, "HH1")]


def test_no_identity_is_in_any_byte_of_the_home(world: World) -> None:  # noqa: F811
    rows = [
        {"setl_id": f"S{n}", "psn_no": PERSON if n % 2 else f"X{n}", "psn_name": NAME, "certno": CERTIFICATE}
        for n in range(3000)
    ]
    world.put("202501/setl_d.csv", settlements(*rows) + f'S9,"{PERSON},{NAME},{CERTIFICATE}\n')
    world.put("202502/setl_d.csv", settlements(*(row | {"hifp_pay": "x"} for row in rows[:50])))
    world.load()
    world.put("202501/setl_d.csv", settlements(*rows[:10]))
    world.load()
    world.engine.close()
    planted = [word.encode(code) for word in (PERSON, NAME, CERTIFICATE) for code in ("utf-8", "gb18030", "utf-16-le")]
    searched = 0
    for path in world.home.root.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            searched += len(data)
            assert not [word for word in planted if word in data], path.name
    assert searched > 100_000
