"""Identities are replaced in memory, once per distinct value, before a row is handed to the database."""

import re

import pyarrow as pa
import pyarrow.compute as pc

from models.ingest.keys import Hmac
from models.ingest.quick import LOST

UNKNOWN = "?"  # stands for an identity whose digits are lost; its row is kept out
_LOST = re.compile(LOST, re.ASCII)
_REMEMBERED = 2_000_000


class Pseudonyms:
    """Pseudonyms of one key, remembered while a load runs."""

    def __init__(self, key: bytes) -> None:
        self._hmac = Hmac(key)
        self._known: dict[str, str] = {}

    def replace(self, identities: pa.Array) -> pa.Array:
        """An array of trimmed identities to their pseudonyms, dictionary-encoded; nulls stay nulls.

        Those whose digits are lost (`LOST`) become `UNKNOWN`.
        """
        encoded = pc.dictionary_encode(identities)
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        known, values = self._known, encoded.dictionary.to_pylist()
        for value in values:
            if value not in known:
                known[value] = UNKNOWN if _LOST.fullmatch(value) else self._hmac.pseudonym(value)
        out = [known[value] for value in values]
        return pa.DictionaryArray.from_arrays(encoded.indices, pa.array(out, pa.string()))


def all_known(pseudonyms: pa.DictionaryArray) -> bool:
    """Is none of them `UNKNOWN`?"""
    return not pc.any(pc.equal(pseudonyms.dictionary, UNKNOWN), min_count=0).as_py()
