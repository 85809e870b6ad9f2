"""Typing a whole column at once where its text is plain; what is not plain is left to the careful SQL of `typed`.

Both ways mean the same: a column is typed here only when every value of the chunk is of the plainest form, so the
outcome never depends on which rows happen to share a chunk.
"""

from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contracts import Column

MAX_TEXT = 32_000  # bytes; beyond what a cell of a workbook holds
# what stands for nothing, once trimmed
NULLS = ("", *("".join(letters) for letters in product("nN", "uU", "lL", "lL")), "\\N", "-")
CODES = ("id", "code")
# how spreadsheets write a long number: many codes, or people, would become one
LOST = r"[0-9](\.[0-9]+)?[eE]\+[0-9]+"
_DECIMALS = {
    "amount": (16, 2),
    "price": (16, 6),
    "quantity": (16, 4),
    "ratio": (9, 4),
    "weight": (14, 6),
    "age": (6, 1),
}


def typed(values: pa.Array, column: Column) -> pa.Array | None:
    """The typed values, or None where this column needs the careful way; nulls stay nulls."""
    if column.type in _DECIMALS:
        return _decimal(values, *_DECIMALS[column.type])
    if column.type == "int":
        return _integer(values)
    if column.type in ("date", "time"):
        return _moment(values, column.type)
    lengths = _lengths(values)
    if column.allowed:
        plain = pc.is_in(values, value_set=pa.array([*column.allowed, None], pa.string()))
        return values if pc.all(plain, min_count=0).as_py() else None
    if column.type == "flag":
        return _flag(values, lengths)
    if len(lengths) and int(lengths.max()) > MAX_TEXT:
        return None
    if column.type in CODES and bool((_bytes(values) == ord("+")).any()):
        return None  # perhaps `LOST`
    if column.width and values.null_count < len(values) and int(_filled(values, lengths).min()) < column.width:
        return pc.utf8_lpad(values, column.width, "0") if _digits(_bytes(values)) else None
    return values


def _flag(values: pa.Array, lengths: np.ndarray) -> pa.Array | None:
    """`0` and `1`, or `000` and `001`, all values alike."""
    codes = _bytes(values)
    if not len(codes) or not _all_of(codes, b"01"):
        return values if values.null_count == len(values) else None
    if _of_length(values, lengths, 1):
        return values
    if not _of_length(values, lengths, 3) or (codes.reshape(-1, 3)[:, :2] != 48).any():
        return None
    return pc.utf8_slice_codeunits(values, 2, 3)


def _digits(text: np.ndarray) -> bool:
    return not len(text) or (int(text.min()) >= 48 and int(text.max()) <= 57)


def length(values: pa.Array) -> int:
    """Bytes of all values together."""
    return len(_bytes(values))


def bare(values: pa.Array) -> bool:
    """Is there surely nothing to trim: no blank, no control character, nothing beyond ASCII?"""
    text = _bytes(values)
    return not len(text) or (int(text.min()) > 32 and int(text.max()) < 128)


def without_nul(values: pa.Array) -> bool:
    """Is there surely no NUL in the text?"""
    text = _bytes(values)
    return not len(text) or int(text.min()) > 0


def _offsets(values: pa.Array) -> np.ndarray:
    offsets = np.frombuffer(values.buffers()[1], np.int32)
    return offsets[values.offset : values.offset + len(values) + 1]


def _lengths(values: pa.Array) -> np.ndarray:
    return np.diff(_offsets(values)) if len(values) else np.zeros(0, np.int32)


def _bytes(values: pa.Array) -> np.ndarray:
    """The text of all values end to end."""
    data = values.buffers()[2]
    if data is None or not len(values):
        return np.zeros(0, np.uint8)
    offsets = _offsets(values)
    return np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]]


def _filled(values: pa.Array, lengths: np.ndarray) -> np.ndarray:
    if not values.null_count:
        return lengths
    return lengths[values.is_valid().to_numpy(zero_copy_only=False)]


def _of_length(values: pa.Array, lengths: np.ndarray, length: int) -> bool:
    """Are all values there of this length, and the text of nulls empty?"""
    return len(_bytes(values)) == length * (len(values) - values.null_count) and bool(
        (_filled(values, lengths) == length).all()
    )


def _lettered(values: pa.Array) -> bool:
    """Is there anything beyond digits, signs and points (exponents, hexadecimal digits)?"""
    text = _bytes(values)
    return len(text) > 0 and int(text.max()) > ord("9")


def _decimal(values: pa.Array, precision: int, scale: int) -> pa.Array | None:
    """Exact decimals: a value that would be rounded or is no plain number sends the column the careful way.

    So does one too long to stay below 2**63 once scaled: the cast to 64 bits wraps around silently (2**64 / 100 becomes
    0.00), so its digits and the scale together may not exceed 18.
    """
    lengths = _lengths(values)
    if _lettered(values) or (len(lengths) and int(lengths.max()) > 18 - scale):
        return None
    try:
        return pc.cast(values, pa.decimal64(precision, scale))
    except pa.ArrowInvalid:
        return None


def _integer(values: pa.Array) -> pa.Array | None:
    if _lettered(values):
        return None
    try:
        return pc.cast(values, pa.int32())
    except pa.ArrowInvalid:
        return None


_CUTS = {10: {4: b"-", 7: b"-"}, 19: {4: b"-", 7: b"-", 10: b" T", 13: b":", 16: b":"}}
# where a compact form lacks a letter of the plain one: the places in the plain form, and the letters
_LACKING = {8: {4: "-", 7: "-"}, 14: {4: "-", 7: "-", 10: " ", 13: ":", 16: ":"}, 17: {4: "-", 7: "-"}}


def _moment(values: pa.Array, kind: str) -> pa.Array | None:
    """`yyyy-MM-dd`, `yyyy-MM-dd HH:mm:ss`, or these without dashes (and colons and blank), all values alike."""
    there = len(values) - values.null_count
    text = _bytes(values)
    length = len(text) // there if there else 0
    if not there:
        return pc.cast(values, pa.date32() if kind == "date" else pa.timestamp("us"))
    if (length not in _CUTS and length not in _LACKING) or not _of_length(values, _lengths(values), length):
        return None
    grid = text.reshape(there, length)
    if not _all_of(grid[:, 0], b"12"):
        return None
    if length in _LACKING:
        values = _spelled_out(values, grid)
        grid = _bytes(values).reshape(there, -1)
    for place, letters in _CUTS[grid.shape[1]].items():
        if not _all_of(grid[:, place], letters):
            return None
    try:
        moment = pc.cast(values, pa.timestamp("us"))
    except pa.ArrowInvalid:
        return None
    return pc.cast(moment, pa.date32(), safe=False) if kind == "date" else moment


def _all_of(codes: np.ndarray, letters: bytes) -> bool:
    """Is every code one of a few letters? Comparing costs a fraction of numpy's `isin`."""
    found = codes == letters[0]
    for letter in letters[1:]:
        found |= codes == letter
    return bool(found.all())


def _spelled_out(values: pa.Array, grid: np.ndarray) -> pa.Array:
    """Compact moments in the plain form; `grid` holds the letters of those that are there."""
    there, length = grid.shape
    letters = _LACKING[length]
    whole = np.empty((there, length + len(letters)), np.uint8)
    whole[:, [place for place in range(whole.shape[1]) if place not in letters]] = grid
    for place, letter in letters.items():
        whole[:, place] = ord(letter)
    filled = values.is_valid().to_numpy(zero_copy_only=False)
    ends = np.concatenate(([0], np.cumsum(filled) * whole.shape[1])).astype(np.int32)
    made = pa.StringArray.from_buffers(len(values), pa.py_buffer(ends), pa.py_buffer(whole))
    return pc.if_else(values.is_valid(), made, pa.scalar(None, pa.string()))
