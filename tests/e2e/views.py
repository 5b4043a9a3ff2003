"""Every page and view of the app, as a visitor comes upon it."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect

from mmrec_core.bundle import Bundle
from tests.e2e.serving import all_drawn, settled


def _leave(page: Page) -> None:
    """Leave a page as it opens."""


@dataclass(frozen=True)
class Shown:
    """A view: its address, with `{label}` and `{image}` of the bundle, and what is done there.

    ``ready`` selects what shows that the page stands.
    """

    name: str
    address: str
    ready: str = "h1"
    act: Callable[[Page], None] = _leave

    def open(self, page: Page, url: str, bundle: Bundle) -> None:
        """Open it in a bundle with labels and captions, and wait until it stands."""
        items = bundle.items
        label = str(items["label"].value_counts().index[0])
        image = str(items["image"][items["is_query"] & items["text"].notna()].iloc[3])
        page.goto(f"{url}/{self.address.format(label=quote(label), image=quote(image))}")
        expect(page.locator(self.ready).first).to_be_visible()
        all_drawn(page)
        self.act(page)
        settled(page)


def _seen(page: Page, selector: str) -> Locator:
    return page.locator(selector).locator("visible=true").first


def _open(selector: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        _seen(page, selector).click()
        expect(page.get_by_test_id("stPopoverBody")).to_be_visible()

    return act


def _unfold(page: Page) -> None:
    for fold in page.get_by_test_id("stMain").locator("details").all():
        if fold.get_attribute("open") is None:
            fold.locator("summary").click()


def _tour(page: Page) -> None:
    _seen(page, ".st-key-tour-start button").click()
    expect(page.locator(".st-key-tour")).to_be_visible()
    page.mouse.move(0, 0)  # the button's help fades, half seen for a while
    expect(page.get_by_test_id("stTooltipContent")).to_have_count(0)


def _select(page: Page) -> None:
    page.locator(".pick").first.focus()
    page.keyboard.press("x")
    expect(page.locator(".st-key-chosen-none")).to_be_visible()


def _ask_who(page: Page) -> None:
    page.keyboard.press("3")
    expect(page.get_by_role("dialog")).to_be_visible()


def _grade(page: Page) -> None:
    page.keyboard.press("3")
    expect(page.locator(".confirmation:not(.pending)").first).to_be_visible()


def _explain(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.locator(".ledger .sum")).to_be_visible()


def _verdicts(page: Page) -> None:
    """Come from a pair that was graded."""
    page.keyboard.press("ArrowDown")
    _grade(page)
    page.locator(".st-key-errors-view [role=radio]").last.click()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()


def _compare(page: Page) -> None:
    page.keyboard.press("ArrowUp")
    expect(page.locator(".outcome")).to_contain_text("CatBoost")


def _click_through(page: Page) -> None:
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.locator(".outcome")).to_contain_text("CatBoost")
    page.keyboard.press("1")


def _menu(page: Page) -> None:
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_test_id("stSidebarNavLink").first).to_be_in_viewport()


def _share(page: Page) -> None:
    page.get_by_role("button", name="Part 1 of 3").click()
    expect(page.get_by_test_id("stPopoverBody")).to_be_visible()


_POPOVER = "[data-testid=stPopoverButton]"
CARD, RESULT, CANDIDATE = ".card .loaded", ".column .card .loaded", ".candidate .loaded"
VIEWS = (
    Shown("browse", "", CARD),
    Shown("browse: search", '?terms=[["text","a red bird",1.0]]', CARD),
    Shown("browse: filters", "?label={label}", CARD, _open(".st-key-BrowseView-filters button")),
    Shown("browse: selection", "", CARD, _select),
    Shown("browse: histograms", "?ranges=words:2..4", ".js-plotly-plot"),
    Shown("browse: nothing", "?q=no%20such%20word"),
    Shown("recommend: start", "recommend", CARD),
    Shown("recommend: image", "recommend?image={image}", RESULT, _unfold),
    Shown("recommend: text", "recommend?text=a%20red%20bird", RESULT, _unfold),
    Shown("recommend: one list", "recommend?image={image}&ranker=clip", RESULT),
    Shown("recommend: regions", "recommend?image={image}&parts=score", ".ledger .sum"),
    Shown("map", "map", ".map[data-ready]"),
    Shown("map: categories", "map?colour=label&isolate={label}", CARD),
    Shown("map: image", "map?image={image}", CARD),
    Shown("map: histograms", "map?ranges=words:2..4", ".js-plotly-plot"),
    Shown("clusters", "clusters", ".card img"),
    Shown("clusters: one", "clusters?cluster=1", CARD, _unfold),
    Shown("evaluation", "evaluation", ".js-plotly-plot", _unfold),
    Shown("evaluation: queries", "evaluation?view=queries", "table.queries"),
    Shown("evaluation: costs", "evaluation?miss=3", ".js-plotly-plot"),
    Shown("evaluation: builds", "evaluation?view=builds", ".figures"),
    Shown(
        "evaluation: query sets",
        "evaluation?view=queries",
        "table.queries",
        _open(".st-key-query-sets button"),
    ),
    Shown("errors: pairs", "errors?kind=all", ".pair .loaded"),
    Shown("errors: regions", "errors?kind=all", ".pair .loaded", _explain),
    Shown("errors: a bar's pairs", "errors?kind=all&bin=score:20&known=relevant", ".pair .loaded"),
    Shown("errors: queue", "errors?view=queue", CANDIDATE),
    Shown("errors: who grades", "errors?view=queue", CANDIDATE, _ask_who),
    Shown("errors: graded", "errors?view=queue&open=1&reviewer=Ada", CANDIDATE, _grade),
    Shown("errors: near-duplicates", "errors?view=near-duplicates&across=0", CARD),
    Shown("errors: category mistakes", "errors?view=labels", CARD),
    Shown("errors: shared queue", "errors?view=queue&share=1/3", CANDIDATE, _share),
    Shown("errors: verdicts", "errors?kind=all&reviewer=Ada", ".pair .loaded", _verdicts),
    Shown("compare", "compare?reviewer=Ada", ".place .loaded", _compare),
    Shown(
        "compare: interleaved",
        "compare?view=interleaved&reviewer=Ada",
        ".place .loaded",
        _click_through,
    ),
    Shown("compare: figures", "compare?view=figures", ".st-key-compare-line"),
    Shown("stories", "stories", "ul.stories img"),
    Shown("stories: a step", "stories?story=introduction&step=6", ".finding img", _unfold),
    Shown("about", "about", act=_unfold),
    Shown("a link that fits not", "recommend?image=no%20such", "text=Start over"),
    Shown("settings", "about", act=_open(f".st-key-toolbar > :last-child {_POPOVER}")),
    Shown("saved views", "about", act=_open(f".st-key-saved-views {_POPOVER}")),
    Shown("map: scale", "map?colour=score&image={image}&levels=90-200", CARD),
    Shown("tour", "", CARD, _tour),
)
MENU = Shown("navigation on a phone", "about", act=_menu)
