"""Tables that templates share: made after what they read, and all that a template needs, however it gets there."""

from models.engine import sql_text
from models.rules.passes import SHARED, shared_by


def test_a_shared_table_comes_after_those_it_reads() -> None:
    made: set[str] = set()
    for table, name in SHARED.items():
        later = {other for other in SHARED if other not in made and other != table and other in sql_text(name)}
        assert not later, f"{table} reads {later}, which are made after it"
        made.add(table)


def test_tables_read_through_another_are_found() -> None:
    cases = [
        (["findings/duplicate_line"], ["finding.newborn"]),
        (["findings/kp_frequency"], ["finding.newborn", "finding.occurrence_key"]),
        (["findings/newborn"], []),
        ([], []),
    ]
    for queries, expected in cases:
        assert [
            table for table in shared_by(queries) if table in ("finding.newborn", "finding.occurrence_key")
        ] == expected
