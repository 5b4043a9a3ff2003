"""How much of a Parquet file is read at once: it stores equal long cells once."""

import pyarrow.parquet as pq

MOST_READ = 64 << 20
"""Bytes of the cells that are read at once, where that is more than one row."""


def rows_at_once(group: pq.RowGroupMetaData, most: int) -> int:
    """Return how many rows of a group to read at once: from 1 to ``most``.

    However often a cell is repeated, it is no longer than all that the group stores. What the file
    says of single columns is not asked: where that is damaged, pyarrow ends the process.
    """
    return max(1, min(most, MOST_READ // max(1, group.total_byte_size)))
