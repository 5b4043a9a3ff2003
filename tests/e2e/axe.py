"""What axe finds on a page: WCAG 2.2 A and AA and its best practices, shadow trees included."""

from typing import NamedTuple

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.serving import settled

SCRIPT = Axe().axe_script
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
EXTRA_RULES = ("label-content-name-mismatch", "target-size")
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 21, 25)"}


class Exempt(NamedTuple):
    """Elements of Streamlit's own that break a rule, and why that cannot be mended from here."""

    rule: str
    selector: str
    reason: str


STREAMLITS = (
    Exempt(
        "presentation-role-conflict",
        "[data-testid=stFileUploaderDropzone]",
        "the uploader is a presentational section with a name; the button in it works",
    ),
    Exempt(
        "region",
        "#stFloatingOverlayPortal, #stFloatingOverlayPortal > *",
        "tooltips and popovers are drawn beside the landmarks, in an element of their own",
    ),
)
RUN = """
async ([tags, extra, exempt]) => {
  const { violations } = await axe.run(document, {
    runOnly: { type: "tag", values: tags },
    rules: Object.fromEntries(extra.map((rule) => [rule, { enabled: true }])),
    resultTypes: ["violations"],
    elementRef: true,
  });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ element, html, failureSummary }) => ({
    rule: id,
    element: html,
    summary: failureSummary,
    exempt: exempt.findIndex(([rule, selector]) => rule === id && element.matches(selector)),
  })));
}
"""
STILL = """
async () => {
  const roots = [document];
  for (const root of roots) {
    for (const one of root.querySelectorAll("*")) if (one.shadowRoot) roots.push(one.shadowRoot);
  }
  const running = roots.flatMap((root) => root.getAnimations())
    .filter((one) => one.effect.getComputedTiming().iterations !== Infinity);
  await Promise.allSettled(running.map((one) => one.finished));
}
"""


class Violation(NamedTuple):
    """An element that breaks a rule, as HTML; ``exempt`` if it is one of Streamlit's own."""

    rule: str
    element: str
    summary: str
    exempt: Exempt | None


def violations(page: Page, theme: str, size: tuple[int, int]) -> list[Violation]:
    """Return what axe finds on an open page, once it stands still in that theme and size."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", GROUNDS[theme])
    settled(page)
    page.wait_for_load_state("networkidle")
    page.evaluate(STILL)
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    found = page.evaluate(RUN, [TAGS, EXTRA_RULES, [one[:2] for one in STREAMLITS]])
    return [
        Violation(
            one["rule"],
            one["element"],
            one["summary"],
            STREAMLITS[one["exempt"]] if one["exempt"] >= 0 else None,
        )
        for one in found
    ]
