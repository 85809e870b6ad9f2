"""Fixtures that several unit tests share."""

from pathlib import Path

import pytest

from tests.bureau import Bureau


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    """A home without extracts, findings or issued lists."""
    return Bureau(tmp_path)
