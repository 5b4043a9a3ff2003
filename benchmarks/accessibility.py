"""What axe finds on every page and view: ``python -m benchmarks.accessibility BUNDLE``.

Elements that break a rule of WCAG 2.2 A or AA, or one of axe's best practices, in headless
Chromium, in both themes, on a desktop and on a phone: the app's own, and those of Streamlit that
the app cannot change (`tests/e2e/axe.py` says why).
"""

import argparse
import tempfile
from collections import Counter
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from mmrec_core.bundle import open_bundle
from tests.e2e.axe import GROUNDS, SIZES, violations
from tests.e2e.serving import ARGUMENTS, CHROMIUM, PATIENCE, Server
from tests.e2e.views import MENU, VIEWS


def main() -> None:
    """Print a table of all views, then the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", type=Path)
    told = parser.parse_args()
    expect.set_options(timeout=PATIENCE)
    bundle = open_bundle(told.bundle)
    own: Counter[str] = Counter()
    theirs: Counter[str] = Counter()
    views = 0
    with (
        tempfile.TemporaryDirectory() as verdicts,
        Server(told.bundle, Path(verdicts)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        print(f"  {'view':22} {'size':8} {'theme':6} elements that break a rule (Streamlit's own)")
        for size in SIZES:
            for view in (*VIEWS, MENU) if size == "phone" else VIEWS:
                context = browser.new_context(locale="en-US", color_scheme="light")
                page = context.new_page()
                page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
                view.open(page, server.url, bundle)
                for theme in GROUNDS:
                    found = violations(page, theme, SIZES[size])
                    mine = Counter(one.rule for one in found if one.exempt is None)
                    others = Counter(one.rule for one in found if one.exempt)
                    own, theirs, views = own + mine, theirs + others, views + 1
                    parts = [f"{rule} {n}" for rule, n in mine.most_common()]
                    parts += [f"({rule} {n})" for rule, n in others.most_common()]
                    line = ", ".join(parts) or "none"
                    print(f"  {view.name:22} {size:8} {theme:6} {line}", flush=True)
                context.close()
        browser.close()
    print(f"in {views} views, by rule:")
    for rule in sorted(own | theirs):
        print(f"  {rule:28} {own[rule]:5} ({theirs[rule]} Streamlit's own)")
    print(f"  {'all':28} {own.total():5} ({theirs.total()} Streamlit's own)")


if __name__ == "__main__":
    main()
