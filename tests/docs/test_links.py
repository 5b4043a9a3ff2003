"""Links between documents lead somewhere."""

import re

import pytest

from tests.docs import pages

_FOLDERS = "mmrec_core|mmrec_app|pages|tests|benchmarks|docs"
_PATH = re.compile(rf"({_FOLDERS})/[\w./-]*|\w+\.(py|toml|txt)")


@pytest.mark.parametrize("page", pages.PAGES, ids=pages.name)
def test_links_lead_to_files_and_headings_that_exist(page):
    faults = []
    for link in pages.links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists():
            faults.append(f"{link}: no such file")
        elif anchor and anchor not in pages.anchors(target):
            faults.append(f"{link}: no such heading")
    assert not faults


def test_every_picture_and_page_is_linked_from_another():
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in pages.PAGES
        for link in pages.links(page)
        if not link.startswith("#")
    }
    files = {*pages.ROOT.glob("docs/*.png"), *pages.ROOT.glob("docs/*.md")}
    assert not {pages.name(file) for file in files - linked}


@pytest.mark.parametrize("page", pages.PAGES, ids=pages.name)
def test_modules_and_folders_that_documents_name_exist(page):
    named = [span for span in pages.spans(page) if _PATH.fullmatch(span)]
    assert not [path for path in named if not (pages.ROOT / path).exists()]
