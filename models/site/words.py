"""What keys of JSON cells and codes of ours are called on a page."""

from functools import cache
from pathlib import Path

from models.contracts import lists, tables
from models.contracts.document import read_document
from models.quality import catalogue

WORDS = Path(__file__).parent / "words.yaml"
_LETTERS = frozenset({"cmi", "ct", "mr"})


@cache
def _document() -> dict[str, dict[str, str]]:
    return dict(read_document(WORDS))


@cache
def _chinese() -> dict[str, str]:
    """Words of our own over titles of the lists, the first list first, over those of the landing contract."""
    landing = {one.name: one.title for table in tables().values() for one in table.columns.values()}
    listed = {one.name: one.title("zh") for spec in reversed(lists().values()) for one in spec.columns}
    return landing | listed | _document()["keys"]


def word(key: str, language: str) -> str:
    """A key of an evidence cell in the reader's language; one that has no word is shown as it is."""
    return _chinese().get(key, key) if language == "zh" else plain(key)


def meaning(text: str, language: str) -> str:
    """A text inside such a cell: codes of ours in Chinese, everything else as it is."""
    return _document()["values"].get(text, text) if language == "zh" else text


def plain(code: str) -> str:
    """A code of ours as English words: ct_share is CT share."""
    return " ".join(part.upper() if part in _LETTERS else part for part in code.split("_"))


@cache
def _checks(language: str) -> dict[str, str]:
    return {one.check_id: one.title_zh if language == "zh" else one.title_en for one in catalogue()}


def check_title(check_id: str, language: str) -> str:
    """What a check of the data asks; one that is no longer in the catalogue keeps its identifier."""
    return _checks(language).get(check_id, check_id)


def table_title(name: str, language: str) -> str:
    """The Chinese title of a landing table, for English readers its name."""
    return tables()[name].title if language == "zh" and name in tables() else name
