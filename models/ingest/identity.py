"""Identities are replaced in memory, once per distinct value, before a row is handed to the database."""

import pyarrow as pa
import pyarrow.compute as pc

from models.ingest.keys import Hmac

_REMEMBERED = 2_000_000


class Pseudonyms:
    """Pseudonyms of one key, remembered while a load runs."""

    def __init__(self, key: bytes) -> None:
        self._hmac = Hmac(key)
        self._known: dict[str, str] = {}

    def replace(self, identities: pa.Array) -> pa.Array:
        """An array of trimmed identities to their pseudonyms, dictionary-encoded; nulls stay nulls."""
        encoded = pc.dictionary_encode(identities)
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        known, values = self._known, encoded.dictionary.to_pylist()
        for value in values:
            if value not in known:
                known[value] = self._hmac.pseudonym(value)
        out = [known[value] for value in values]
        return pa.DictionaryArray.from_arrays(encoded.indices, pa.array(out, pa.string()))
