"""Running a page without a browser, and reading what it shows."""

import json
import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

from streamlit.testing.v1 import AppTest

from mmrec_app.frame import script
from mmrec_app.home import PAGE_FILES

TIMEOUT = 60


def page(name: str, **params: str) -> AppTest:
    """Run a page inside the frame, as a session does."""
    app = AppTest.from_file(script.__file__, default_timeout=TIMEOUT).run()
    turn_to(app, name)
    for key, value in params.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def turn_to(app: AppTest, name: str) -> None:
    """Choose the page that the next run shows."""
    app.switch_page(str(PAGE_FILES / f"{name}.py"))


def scrolled(app: AppTest) -> AppTest:
    """Come near all that a page draws only then."""
    sentinels = [node.proto for node in app.get("bidi_component") if ".sentinel" in node.proto.id]
    for sentinel in sentinels:
        key = sentinel.id.split("-", 2)[-1].removesuffix("sentinel")
        app.session_state[f"{key}near"] = json.loads(sentinel.json)["subject"]
    return app.run() if sentinels else app


def gallery_of(app: AppTest, key: str) -> dict:
    """Return what a component was given: its data, as the browser gets it."""
    for node in app.get("bidi_component"):
        if key in node.proto.id:
            return json.loads(node.proto.json)
    raise AssertionError(f"no component {key!r} on the page")


def figure(app: AppTest, key: str) -> dict:
    """Return a plot as the browser gets it."""
    chart = next(node for node in app.get("plotly_chart") if key in node.proto.id)
    return json.loads(chart.proto.spec)


def links_of(app: AppTest, of: str) -> list[tuple[str, str]]:
    """Return the text and the address of each link in a part of the page's own HTML."""
    part = next(node.proto.body for node in app.get("html") if of in node.proto.body)
    found = re.findall(r"<a [^>]*href='([^']*)'[^>]*>(.*?)</a>", part)
    return [(unescape(re.sub("<[^>]+>", "", text)), unescape(href)) for href, text in found]


def texts(app: AppTest) -> str:
    """Return all text on the page."""
    kinds = ("markdown", "text", "caption", "title", "header", "subheader")
    return "\n".join(str(node.value) for kind in kinds for node in app.get(kind))


def press(app: AppTest, label: str) -> AppTest:
    """Press the button, or follow the link, of that label."""
    for link in app.get("link_button"):
        if link.proto.label == label:
            return follow(app, link.proto.url)
    next(button for button in app.button if button.label == label).click()
    app.run()
    turn = gallery_of(app, "navigator")["turn"]
    return follow(app, turn["href"]) if turn else app


def follow(app: AppTest, href: str) -> AppTest:
    """Go to an address, as the navigator does in a browser."""
    address = urlsplit(href)
    turn_to(app, address.path.removeprefix("./") or "browse")
    app.query_params.clear()
    for key, value in parse_qsl(address.query):
        app.query_params[key] = value
    return app.run()
