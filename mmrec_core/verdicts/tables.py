"""The tables of verdicts and of what lies beside them, in SQLite's words."""

VERSIONS = (
    """
CREATE TABLE verdicts (
    query TEXT NOT NULL, candidate TEXT NOT NULL, reviewer TEXT NOT NULL,
    grade INTEGER NOT NULL CHECK (grade BETWEEN 1 AND 4), note TEXT NOT NULL,
    ranker TEXT, rank INTEGER, digest TEXT, time TEXT NOT NULL,
    PRIMARY KEY (query, candidate, reviewer)
);
CREATE TABLE tags (
    image TEXT NOT NULL, tag TEXT NOT NULL, reviewer TEXT NOT NULL,
    digest TEXT, time TEXT NOT NULL,
    PRIMARY KEY (image, tag, reviewer)
);
CREATE TABLE writes (count INTEGER NOT NULL);
""",
    """
CREATE TABLE views (
    name TEXT PRIMARY KEY, page TEXT NOT NULL, parameters TEXT NOT NULL,
    reviewer TEXT NOT NULL, digest TEXT, time TEXT NOT NULL
);
""",
    """
CREATE TABLE decisions (
    kind TEXT NOT NULL, image TEXT NOT NULL, other TEXT NOT NULL, reviewer TEXT NOT NULL,
    accepted INTEGER NOT NULL, digest TEXT, time TEXT NOT NULL,
    PRIMARY KEY (kind, image, other, reviewer)
);
""",
    """
CREATE TABLE preferences (
    query TEXT NOT NULL, reviewer TEXT NOT NULL, k INTEGER NOT NULL,
    left_system TEXT NOT NULL, right_system TEXT NOT NULL,
    left_digest TEXT NOT NULL, right_digest TEXT NOT NULL,
    left_shown TEXT NOT NULL, right_shown TEXT NOT NULL,
    choice TEXT NOT NULL CHECK (choice IN ('left', 'right', 'both good', 'both bad')),
    time TEXT NOT NULL
);
CREATE UNIQUE INDEX preference ON preferences (
    query, reviewer, k,
    min(left_system || '@' || left_digest, right_system || '@' || right_digest),
    max(left_system || '@' || left_digest, right_system || '@' || right_digest)
);
""",
    """
CREATE TABLE query_sets (
    name TEXT PRIMARY KEY, queries TEXT NOT NULL, origin TEXT NOT NULL,
    reviewer TEXT NOT NULL, digest TEXT, time TEXT NOT NULL
);
CREATE TABLE builds (
    digest TEXT PRIMARY KEY, built TEXT NOT NULL, figures BLOB NOT NULL, time TEXT NOT NULL
);
CREATE TABLE stories (
    name TEXT PRIMARY KEY, story TEXT NOT NULL, reviewer TEXT NOT NULL, digest TEXT,
    time TEXT NOT NULL
);
CREATE TABLE interleavings (
    query TEXT NOT NULL, reviewer TEXT NOT NULL, k INTEGER NOT NULL,
    first_system TEXT NOT NULL, second_system TEXT NOT NULL,
    first_digest TEXT NOT NULL, second_digest TEXT NOT NULL,
    shown TEXT NOT NULL, teams TEXT NOT NULL, clicked TEXT NOT NULL, time TEXT NOT NULL
);
CREATE UNIQUE INDEX interleaving ON interleavings (
    query, reviewer, k,
    min(first_system || '@' || first_digest, second_system || '@' || second_digest),
    max(first_system || '@' || first_digest, second_system || '@' || second_digest)
);
""",
)
"""What each version of the schema adds to the one before."""
