"""The pages, in the order of the menu: all that is said of each, under the URL of its file's stem.

They have no icons: Streamlit would fetch a page's icon from a font server on the internet.
"""

from typing import NamedTuple

import streamlit as st
from streamlit.navigation.page import Page

from mmrec_app.home import PAGE_FILES
from mmrec_app.i18n import _, _later


class PageEntry(NamedTuple):
    """What is said of a page, its texts to be translated.

    Attributes
    ----------
    title : str
        Its name in the menu, and its heading unless ``heading`` is another.
    tour : str
        What the tour says there.
    shows : str
        Key of the widget or part that the tour speaks of.
    help : str
        What the question mark beside the heading says; "" for none.
    heading : str
    measured : bool
        Whether it needs held-out queries to have something to show.
    filters : bool
        Whether its view has a filter (`mmrec_core.collection.filtering`).
    """

    title: str
    tour: str
    shows: str
    help: str = ""
    heading: str = ""
    measured: bool = False
    filters: bool = False


PAGES = {
    "browse": PageEntry(
        _later("Browse"),
        _later(
            "The whole collection. Search the captions, or describe a picture in words and let the "
            "recommender find it. Click a picture to see what is recommended for it."
        ),
        "terms.input",
        filters=True,
    ),
    "recommend": PageEntry(
        _later("Recommend"),
        _later(
            "One query, three rankers: CLIP compares pictures, BERT compares captions, and "
            "CatBoost weighs both and more. Click a result to read why it is there."
        ),
        "recommend.lists",
        _later(
            "Candidates for a query are ranked by CatBoost, CLIP and BERT side by side, and "
            "each result is explained."
        ),
    ),
    "map": PageEntry(
        _later("Map"),
        _later(
            "Every image is a point; images with similar pictures and captions lie close "
            "together. Draw a lasso around points to see their pictures."
        ),
        "map.canvas",
        _later(
            "UMAP lays all images out on a plane so that those with similar pictures and "
            "captions lie close together. Distances within a group of points mean something; "
            "distances between groups far apart, and the axes, do not."
        ),
        filters=True,
    ),
    "clusters": PageEntry(
        _later("Clusters"),
        _later(
            "The collection is divided into clusters of images with similar pictures and "
            "captions. A query's candidates are its nearest images or, if the bundle says so, "
            "all images of its nearest clusters."
        ),
        "clusters.central",
    ),
    "evaluation": PageEntry(
        _later("Evaluation"),
        _later(
            "How good the recommendations are, measured on held-out queries, with confidence "
            "intervals and simple baselines. Move the threshold and watch one kind of error "
            "grow as the other shrinks."
        ),
        "evaluation.threshold_part",
        _later("Every figure here is of queries that were held out from what scored them."),
        measured=True,
        filters=True,
    ),
    "errors": PageEntry(
        _later("Errors"),
        _later(
            "Where the recommendations fail: pairs that a ranker gets wrong, and queries on "
            "which the rankers disagree. Grade what you see with the keys 1 to 4."
        ),
        "errors.pairs",
        measured=True,
        filters=True,
    ),
    "compare": PageEntry(
        _later("Compare"),
        _later(
            "Two lists for one query, and you don't know whose they are. Say with the arrow keys "
            "which is the better one: the figures tell which ranker people prefer, and whether it "
            "could be chance."
        ),
        "compare.session",
        _later(
            "Whose list is on which side is drawn at random, and said once you have chosen. "
            "Queries on which the two rankers differ more come sooner. Undo is for slips: a list "
            "that comes again is no longer blind, nor is a query that you have judged the other "
            "way."
        ),
    ),
    "stories": PageEntry(
        _later("Stories"),
        _later(
            "Findings in order, to present to others: whole screen, arrow keys, speaker's notes. "
            "This one explains the recommender step by step to a person who knows nothing of it."
        ),
        "stories.body",
        _later(
            "A story is findings in order, each with a title, a text and speaker's notes. It is "
            "presented from here, or saved as one file that opens offline."
        ),
    ),
    "about": PageEntry(
        _later("About"),
        _later("What this bundle is made of, and what it does not claim."),
        "about.identity",
        heading=_later("About this bundle"),
    ),
}
FIRST = next(iter(PAGES))  # the page at the app's own address


def page(name: str) -> Page:
    """Return the page of that URL; KeyError if there is none."""
    title = _(PAGES[name].title)
    return st.Page(PAGE_FILES / f"{name}.py", title=title, url_path=name, default=name == FIRST)


def path(name: str) -> str:
    """Return a page's address, relative to every page's."""
    return "./" if name == FIRST else name


def pages() -> list[Page]:
    """Return all pages in the order of the menu."""
    return [page(name) for name in PAGES]
