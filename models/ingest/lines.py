"""Which lines of a chunk a fast CSV reader reads exactly as the contract says, found without looping over lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

QUOTE, LF, CR, AT, BAR = 34, 10, 13, 64, 124


def unwrap(data: bytes, separator: bytes) -> bytes:
    """`@|…|@` rewritten as `"…"` where that means the same; what is left over goes the exact way.

    Only for chunks without any `"`. Quotes where no field begins or ends are found by `irregular`.
    """
    lines = split(data)
    return b"".join(
        _unwrapped_everywhere(run, separator) if enclosed else _unwrapped_singly(run, separator)
        for enclosed, run in lines.runs(_enclosed(lines))
    )


def _enclosed(lines: "Lines") -> np.ndarray:
    """Mask of lines from `@|` to `|@`: elsewhere an end that nothing began could pass for a beginning."""
    codes, found = lines.codes, lines.stops - lines.starts >= 4
    starts, stops = lines.starts[found], lines.stops[found]
    found[found] = (
        (codes[starts] == AT) & (codes[starts + 1] == BAR) & (codes[stops - 2] == BAR) & (codes[stops - 1] == AT)
    )
    return found


def _unwrapped_singly(data: bytes, separator: bytes) -> bytes:
    """Field by field: what lies between the groups of the pattern and the groups alternate."""
    sep = re.escape(separator)
    pattern = re.compile(rb"(?:(?<=[\n" + sep + rb"])|\A)@\|([^\r\n]*?)\|@(?=[\r\n" + sep + rb"]|\Z)")
    return b'"'.join(pattern.split(data))


def _unwrapped_everywhere(data: bytes, separator: bytes) -> bytes:
    """Lines that begin and end enclosed by plain replacements, where every field is enclosed, as loaders write it."""
    out = data.replace(b"|@" + separator + b"@|", b'"' + separator + b'"').replace(b"\n@|", b'\n"')
    out = out.replace(b"|@\n", b'"\n').replace(b"|@\r\n", b'"\r\n')
    if out.startswith(b"@|"):
        out = b'"' + out[2:]
    if out.endswith(b"|@"):
        out = out[:-2] + b'"'
    return _unwrapped_singly(data, separator) if b"@|" in out or b"|@" in out else out


@dataclass(frozen=True)
class Lines:
    """Physical lines of a UTF-8 chunk as offsets: line i is data[starts[i]:stops[i]], terminator excluded."""

    data: bytes
    codes: np.ndarray
    starts: np.ndarray
    stops: np.ndarray

    def __len__(self) -> int:
        return len(self.starts)

    def line(self, place: int) -> bytes:
        return self.data[self.starts[place] : self.stops[place]]

    def having(self, offsets: np.ndarray) -> np.ndarray:
        """Mask of the lines in which these byte offsets lie."""
        return self.count(offsets) > 0

    def count(self, offsets: np.ndarray) -> np.ndarray:
        """How many of these byte offsets (ascending) lie in each line."""
        return np.diff(np.searchsorted(offsets, self.starts), append=len(offsets))

    def of(self, offsets: np.ndarray) -> np.ndarray:
        """Index of the line each of these byte offsets (ascending) lies in."""
        return np.repeat(np.arange(len(self)), self.count(offsets))

    def keep(self, mask: np.ndarray) -> bytes:
        """The chosen lines as one chunk, terminators included."""
        if mask.all():
            return self.data
        return b"".join(run for chosen, run in self.runs(mask) if chosen)

    def runs(self, mask: np.ndarray) -> Iterator[tuple[bool, bytes]]:
        """The chunk cut where the mask changes: whether its lines are chosen, and their bytes."""
        edges = np.flatnonzero(np.diff(mask.astype(np.int8))) + 1
        after = np.append(self.starts, len(self.data))
        begins, ends = after[np.append(0, edges)].tolist(), after[np.append(edges, len(mask))].tolist()
        chosen = mask[np.append(0, edges)].tolist() if len(mask) else []
        for is_chosen, begin, end in zip(chosen, begins, ends, strict=False):
            yield is_chosen, self.data[begin:end]


def split(data: bytes) -> Lines:
    """Offsets of the physical lines: ended by LF, one CR before it (or at the very end) belongs to the terminator."""
    codes = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(codes == LF)
    starts = np.concatenate(([0], ends + 1))
    stops = np.concatenate((ends, [len(data)]))
    if starts[-1] >= len(data):
        starts, stops = starts[:-1], stops[:-1]
    carriage = (stops > starts) & (codes[np.maximum(stops - 1, 0)] == CR) if len(data) else np.zeros(0, bool)
    return Lines(data, codes, starts, stops - carriage)


def irregular(lines: Lines, separator: int) -> np.ndarray:
    """Mask of lines whose quotes are not simply fields enclosed from edge to edge with doubled quotes inside."""
    places = np.flatnonzero(lines.codes == QUOTE)
    if not len(places):
        return np.zeros(len(lines), bool)
    count = lines.count(places)
    owner = np.repeat(np.arange(len(lines)), count)
    before = (np.cumsum(count) - count)[owner]
    opening = (np.arange(len(places)) - before) % 2 == 0
    beside = places + np.where(opening, -1, 1)
    at_end = (beside < 0) | (beside == len(lines.codes))
    neighbour = np.where(at_end, LF, lines.codes[np.where(at_end, 0, beside)])
    edge = (neighbour == separator) | (neighbour == LF) | (neighbour == QUOTE)
    edge |= ~opening & (neighbour == CR) & (lines.stops[owner] == places + 1)
    bad = count % 2 == 1
    bad[owner[~edge]] = True
    return bad


def field_counts(lines: Lines, separator: int) -> np.ndarray:
    """Number of fields of each line; separators inside quotes do not count (right for regular lines only)."""
    places = np.flatnonzero(lines.codes == separator)
    quotes = lines.codes == QUOTE
    if quotes.any():
        odd = np.logical_xor.accumulate(quotes)  # an odd number of quotes so far
        before = np.concatenate(([False], odd))[lines.starts]
        places = places[odd[places] == before[lines.of(places)]]
    return lines.count(places) + 1


def lone_carriage(lines: Lines) -> np.ndarray:
    """Mask of lines with a CR inside (not part of the terminator)."""
    places = np.flatnonzero(lines.codes == CR)
    if not len(places):
        return np.zeros(len(lines), bool)
    return lines.having(places[places < lines.stops[lines.of(places)]])
