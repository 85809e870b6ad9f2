"""Compiled functions, kept beside the source so that only the first run on a machine waits for the compiler."""

from collections.abc import Callable
from typing import Any

from numba import njit


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as machine code that runs beside other threads; not kept where nothing may be written."""
    try:
        return njit(nogil=True, cache=True)(function)
    except RuntimeError:  # no folder for it
        return njit(nogil=True)(function)
