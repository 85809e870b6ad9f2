"""Examples drawn by hypothesis and then looked at together, where one query can answer them all."""

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st


def drawn(strategy: st.SearchStrategy[Any], many: int) -> list[Any]:
    """At least `many` examples as hypothesis draws them; whoever fails on one names it, since none is shrunk."""
    found: list[Any] = []

    @settings(max_examples=many, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(strategy)
    def draw(example: Any) -> None:
        found.append(example)

    draw()
    assert len(found) >= many
    return found
