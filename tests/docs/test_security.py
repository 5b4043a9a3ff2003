"""The tests that the document on strangers names are there."""

import re

from tests.docs import pages

PAGE = pages.ROOT / "docs/security.md"


def test_the_tests_that_it_names_are_there() -> None:
    named = [span for span in pages.spans(PAGE) if re.match("tests/|test_", span)]
    there = "\n".join(path.read_text("utf-8") for path in pages.ROOT.glob("tests/**/test_*.py"))
    missing = [
        span
        for span in named
        if not ((pages.ROOT / span).exists() if "/" in span else re.search(rf"def {span}\(", there))
    ]
    assert len(named) > 30
    assert missing == []


def test_every_row_of_its_tables_names_a_test() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    tried = [row for row in rows if not row.startswith("| tries |")]
    assert [row for row in tried if "test" not in row.rsplit("|", 2)[1] and "same" not in row] == []
