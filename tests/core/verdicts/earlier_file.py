"""A file of verdicts as an earlier version of the program left it."""

import re
import sqlite3
from pathlib import Path

from mmrec_core.verdicts.tables import VERSIONS


def take_back(path: Path, version: int) -> None:
    """Drop the tables that a file has got since a version of its schema."""
    connection = sqlite3.connect(path)
    for added in VERSIONS[version:]:
        for table in re.findall(r"CREATE TABLE (\w+)", added):
            connection.execute(f"DROP TABLE {table}")
    connection.execute(f"PRAGMA user_version = {version}")
    connection.commit()
    connection.close()
