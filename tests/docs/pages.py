"""The documents, and what of them can be checked: code blocks, code spans, headings, links."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "artifacts/README.md"])

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def name(page: Path) -> str:
    """Return a page's path below the root, to name a test by."""
    return str(page.relative_to(ROOT))


def shell_lines(page: Path) -> list[str]:
    """Return the commands of the page's shell blocks; a line that goes on is one command."""
    blocks = [
        body for language, body in _BLOCK.findall(page.read_text("utf-8")) if language == "sh"
    ]
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def spans(page: Path) -> list[str]:
    """Return what stands between backticks in the page's sentences."""
    return [" ".join(span.split()) for span in _SPAN.findall(_prose(page))]


def links(page: Path) -> list[str]:
    """Return where the page's links and pictures lead, but not those to other hosts."""
    targets = _LINK.findall(_SPAN.sub("", _prose(page)))
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def anchors(page: Path) -> set[str]:
    """Return the anchors of the page's headings, as GitHub makes them."""
    headings = _HEADING.findall(_prose(page))
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}


def _prose(page: Path) -> str:
    return _BLOCK.sub("", page.read_text("utf-8"))
