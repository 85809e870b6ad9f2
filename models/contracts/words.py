"""What keys of JSON cells and codes of ours are called, and such a cell as a line for people."""

import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from models.contracts.document import read_document
from models.contracts.lists import lists
from models.contracts.tables import tables

WORDS = Path(__file__).parent / "words.yaml"
YES_NO = {"zh": ("是", "否"), "en": ("yes", "no")}
_BETWEEN, _WITHIN = {"zh": "；", "en": "; "}, {"zh": "（{}）", "en": "({})"}
# prices and quantities as the database writes them; an operation is named 68.3100 as well
_LONG, _NAMES = re.compile(r"-?[0-9]+\.[0-9]{3,}"), re.compile(r"(code|codes|codg|id|sn|no|ver)$")
_NOTHING: tuple[Any, ...] = ("", None, [], {})
_LETTERS = frozenset({"cmi", "ct", "mr"})


@cache
def _document() -> dict[str, dict[str, Any]]:
    return dict(read_document(WORDS))


@cache
def _chinese() -> dict[str, str]:
    """Words of our own over titles of the lists, the first list first, over those of the landing contract."""
    landing = {one.name: one.title for table in tables().values() for one in table.columns.values()}
    listed = {one.name: one.title("zh") for spec in reversed(lists().values()) for one in spec.columns}
    return landing | listed | _document()["payers"] | _document()["keys"]


@cache
def _coded() -> dict[str, dict[str, str]]:
    """Meanings of codes by column or key."""
    listed = {one.name: one.values for spec in reversed(lists().values()) for one in spec.columns if one.values}
    return listed | _document()["coded"]


def word(key: str, language: str) -> str:
    """A key of an evidence cell in the reader's language; one that has no word is shown as it is."""
    return _chinese().get(key, key) if language == "zh" else plain(key)


def plain(code: str) -> str:
    """A code of ours as English words: ct_share is CT share."""
    return " ".join(part.upper() if part in _LETTERS else part for part in code.split("_"))


def flat_json(text: str, language: str) -> str:
    """The line for one JSON cell; text that is no JSON is shown as it is."""
    try:
        return _flat(json.loads(text), language)
    except ValueError:
        return text


def items_json(text: str, language: str) -> list[str]:
    """Each item of a JSON list as a line of its own; of text that is no list one line, of none nothing."""
    try:
        items = json.loads(text)
    except ValueError:
        return [text] if text else []
    return [_flat(one, language) for one in items] if isinstance(items, list) else [_flat(items, language)]


def coded(column: str, code: str, language: str) -> str:
    """What a code of the field means, where we have a word for it."""
    return _coded().get(column, {}).get(code, code) if language == "zh" else code


def stratum(name: str, language: str) -> str:
    """The name of a stratum in the reader's language; a part that has no word stays as it is."""
    if language != "zh":
        return name
    kind, *more = name.split("|")
    told = ["、".join(str(_document()["strata"].get(one, one)) for one in kind.split("+"))]
    told += [_of_level(more[0])] if more else []
    return "｜".join(told + [f"金额档 {part}" for part in more[1:]])


def _of_level(part: str) -> str:
    """Small providers of one kind and level that share a stratum; else the provider's code."""
    shared = re.fullmatch(r"level (.*)\.(.*)", part)
    if not shared:
        return part
    kind = _document()["strata"]["type"].get(shared[1], shared[1])
    return f"{kind}{coded('hosp_lv', shared[2], 'zh')}合并"


def _flat(value: Any, language: str, key: str = "") -> str:
    """JSON as a reader's line: the texts of reasons, names with values, lists joined; a record within in brackets."""
    if isinstance(value, str):
        return _meaning(value, language, key)
    if isinstance(value, dict):
        return _record(value, language)
    if isinstance(value, list):
        return _BETWEEN[language].join(_inner(one, language, key) for one in value)
    if isinstance(value, bool):
        return YES_NO[language][not value]
    if isinstance(value, float) and key.endswith("_share") and 0 <= value <= 1:
        return f"{value:.0%}" if value in (0, 1) else f"{value:.1%}"
    return "" if value is None else _meaning(str(value), language, key)


def _record(record: dict[str, Any], language: str) -> str:
    if "text" in record:
        return str(record["text"])
    sums = record.keys() <= _document()["payers"].keys()
    told = []
    for name, one in record.items():
        if one in _NOTHING or (sums and not str(one).strip("0.")):
            continue
        if type(one) is str:
            told.append(_said(name, one, language))
        else:
            told.append(f"{_name(name, isinstance(one, list), language)} {_inner(one, language, name)}")
    return _BETWEEN[language].join(told)


@lru_cache(maxsize=65_536)  # days, limits and codes come again and again in a city's evidence
def _said(name: str, text: str, language: str) -> str:
    return f"{_name(name, False, language)} {_meaning(text, language, name)}"


def _inner(value: Any, language: str, key: str) -> str:
    told = _flat(value, language, key)
    return _WITHIN[language].format(told) if isinstance(value, dict) and "text" not in value else told


@lru_cache(maxsize=4096)
def _name(key: str, plural: bool, language: str) -> str:
    listed = _document()["listed"] if plural and language == "zh" else {}
    return str(listed.get(key) or word(key, language))


def _meaning(text: str, language: str, key: str) -> str:
    """A text inside such a cell: codes of the field and of ours in Chinese, everything else as it is."""
    if _LONG.fullmatch(text) and not _NAMES.search(key):
        text = text.rstrip("0").rstrip(".")
    if language != "zh":
        return text
    return _coded().get(key, {}).get(text) or str(_document()["values"].get(text, text))
