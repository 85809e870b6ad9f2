"""Chains of refunds: a refund may point at a refund, which points at the original."""

from models.engine.duck import Engine

MOST_ROUNDS = 12  # each round doubles the reach, so chains of 4,096 refunds; what has not arrived by then is a circle


def resolve_links(engine: Engine, query: str) -> None:
    """Make core.link (child, parent, arrived) from `query` and follow every chain to its original.

    A link that ends at a refund which points nowhere, or runs in a circle, stays `arrived = false`.
    """
    engine.replace("core.link", query)
    before = _open_ends(engine)
    for _ in range(MOST_ROUNDS):
        if not before[0]:
            return
        engine.replace("core.link_next", "core/link_step")
        engine.rename("core.link_next", "link")
        after = _open_ends(engine)
        if after == before:
            return
        before = after


def _open_ends(engine: Engine) -> tuple[int, str]:
    """How many links have not arrived, and where they stand: unchanged means that nothing moves any more."""
    count, place = engine.frame(
        "select count(*) as n, coalesce(max(sha256(child || '>' || parent)), '') "
        "|| cast(count(distinct parent) as varchar) as place from core.link where not arrived"
    ).row(0)
    return int(count), str(place)
