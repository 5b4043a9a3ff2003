"""All that one reviewer said becomes another's: tables that name a reviewer, and what they say."""

from mmrec_core.verdicts.database import Connection


def _compared(one: str, other: str) -> str:
    sides = [f"b.{one}_system, b.{one}_digest", f"b.{other}_system, b.{other}_digest"]
    mine = f"(a.{one}_system, a.{one}_digest, a.{other}_system, a.{other}_digest)"
    either = " OR ".join(f"{mine} = ({', '.join(order)})" for order in (sides, sides[::-1]))
    return f"a.query = b.query AND a.k = b.k AND ({either})"


_VERDICTS = "a.query = b.query AND a.candidate = b.candidate"
_TABLES = {
    "verdicts": _VERDICTS,
    "tags": "a.image = b.image AND a.tag = b.tag",
    "decisions": "a.kind = b.kind AND a.image = b.image AND a.other = b.other",
    "preferences": _compared("left", "right"),
    "interleavings": _compared("first", "second"),
}
"""By table, when a row ``a`` and a row ``b`` are about the same."""


def hand_over(connection: Connection, old: str, new: str) -> None:
    """Let all rows of the reviewer ``old`` be of ``new``.

    Of two verdicts on a pair the newer stays; of anything else that both said, that of ``old``.
    """
    connection.execute(
        "DELETE FROM verdicts WHERE rowid IN (SELECT CASE WHEN a.time > b.time "
        f"THEN b.rowid ELSE a.rowid END FROM verdicts a JOIN verdicts b ON {_VERDICTS} "
        "WHERE a.reviewer = ? AND b.reviewer = ?)",
        (old, new),
    )
    for table, same in _TABLES.items():
        connection.execute(
            f"DELETE FROM {table} WHERE rowid IN (SELECT b.rowid FROM {table} a JOIN {table} b "
            f"ON {same} WHERE a.reviewer = ? AND b.reviewer = ?)",
            (old, new),
        )
        connection.execute(f"UPDATE {table} SET reviewer = ? WHERE reviewer = ?", (new, old))
