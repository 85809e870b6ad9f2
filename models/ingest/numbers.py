"""Numbers of typed files as the digits a text file would hold: no exponents, no noise of binary fractions."""

from collections.abc import Callable
from decimal import Context, Decimal, InvalidOperation

import pyarrow as pa
import pyarrow.compute as pc

_EXACT = 2**53  # whole numbers beyond it are not kept by a float: their text stays as it is, to be seen
_DIGITS = Context(prec=15)  # what a float keeps of any decimal, and what a spreadsheet shows
_PLAIN_LENGTH = 16  # a longer text of a float has more digits than it keeps


def of_float(text: str) -> str:
    """The shortest text of a float without exponent, at 15 digits; `nan` is an empty value.

    >>> of_float("2.02501000012345e+14"), of_float("0.30000000000000004"), of_float("3.0")
    ('202501000012345', '0.3', '3')
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if number.is_nan():
        return ""
    if not number.is_finite() or abs(number) >= _EXACT:
        return text
    return str(int(number)) if number == int(number) else format(_DIGITS.create_decimal(number), "f")


def floats(array: pa.Array) -> pa.Array:
    """An array of floats as strings, '' for null and NaN."""
    text = pc.fill_null(array.cast(pa.string()), "")
    odd = pc.or_(pc.match_substring_regex(text, "[a-zA-Z]"), pc.greater(pc.utf8_length(text), _PLAIN_LENGTH))
    return _where(odd, text, of_float)


def decimals(array: pa.Array) -> pa.Array:
    """An array of decimals as strings, exact, '' for null; whole numbers without a fraction, for codes come so too."""
    text = pc.fill_null(array.cast(pa.string()), "")
    plain = _where(pc.match_substring(text, "E"), text, lambda one: format(Decimal(one), "f"))
    return pc.replace_substring_regex(plain, r"\.0+$", "")


def _where(mask: pa.Array, text: pa.Array, change: Callable[[str], str]) -> pa.Array:
    """The text with `change` made where the mask says so, once a distinct value."""
    if not pc.any(mask).as_py():
        return text
    encoded = pc.dictionary_encode(text.filter(mask))
    changed = pa.array([change(one) for one in encoded.dictionary.to_pylist()], pa.string())
    return pc.replace_with_mask(text, mask, changed.take(encoded.indices))
