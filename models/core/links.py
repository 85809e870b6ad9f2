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
        engine.con.execute("drop table core.link")
        engine.con.execute("alter table core.link_next rename to link")
        after = _open_ends(engine)
        if after == before:
            return
        before = after


def _open_ends(engine: Engine) -> tuple[int, str]:
    """How many links have not arrived, and where they stand: unchanged means that nothing moves any more."""
    row = engine.con.execute(
        "select count(*), coalesce(max(sha256(child || '>' || parent)), '') || count(distinct parent) "
        "from core.link where not arrived"
    ).fetchone()
    return (int(row[0]), str(row[1])) if row else (0, "")
