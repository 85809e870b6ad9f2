"""Lines that do not decode: each is told, none takes its neighbours with it."""

import pytest

from models.ingest.encoding import LINES, Encoding, to_utf8

PLACES = [[0], [1, 2], [LINES - 1, LINES], [LINES + 1, 2 * LINES], list(range(2 * LINES + 1))]
SPOILED = {"gb18030": b"\x81", "utf-16-le": b"\x00\xd8", "utf-8": b"\xff"}


@pytest.mark.parametrize("name", SPOILED)
@pytest.mark.parametrize("places", PLACES, ids=lambda places: f"{places[0]}..{places[-1]}")
def test_what_does_not_decode_is_told_by_line(name: str, places: list[int]) -> None:
    ending = "\r\n".encode(name)
    lines = [f"{n},中€".encode(name) for n in range(2 * LINES + 1)]
    spoiled = [line + SPOILED[name] if n in places else line for n, line in enumerate(lines)]
    text, bad = to_utf8(b"".join(line + ending for line in spoiled), Encoding(name))
    assert bad == set(places)
    read = text.decode().splitlines()
    assert read == ["" if n in places else f"{n},中€" for n in range(len(lines))]
