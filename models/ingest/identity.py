"""Identities are replaced in memory, once per distinct value, before a row is handed to the database."""

import pyarrow as pa
import pyarrow.compute as pc

from models.ingest.keys import pseudonym

_NOTHING = frozenset({"", "null", "\\n", "-"})
_REMEMBERED = 2_000_000


class Pseudonyms:
    """Pseudonyms of one key, remembered while a load runs."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: dict[str, str] = {}

    def replace(self, values: pa.Array) -> pa.Array:
        """An array of identities to their pseudonyms; what stands for nothing becomes ''."""
        encoded = pc.dictionary_encode(values)
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        known = self._known
        out = []
        for value in encoded.dictionary.to_pylist():
            found = known.get(value)
            if found is None:
                plain = value.strip()
                found = "" if plain.lower() in _NOTHING else pseudonym(self._key, plain)
                known[value] = found
            out.append(found)
        return pc.take(pa.array(out, pa.string()), encoded.indices)
