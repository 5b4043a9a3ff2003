"""The Clusters page, and what clusters are called."""

from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from mmrec_app.shared import naming
from mmrec_core.bundle import Bundle
from tests.app.pages import follow, gallery_of, links_of, page, press, texts


def cards(app) -> list[dict]:
    return gallery_of(app, "clusters.grid")["cards"]


def cluster_of(card: dict) -> int:
    """Return the cluster that a card leads to."""
    return int(parse_qs(urlsplit(card["href"]).query)["cluster"][0])


def test_every_cluster_has_a_card_with_its_name_size_and_pictures(bundle: Bundle) -> None:
    app = page("clusters")
    shown = cards(app) + cards(press(app, "Next"))
    assert app.query_params["page"] == "2"
    assert sorted(cluster_of(card) for card in shown) == list(range(len(bundle.centroids)))
    sizes = [int(bundle.cluster_sizes[cluster_of(card)]) for card in shown]
    assert sizes == sorted(sizes, reverse=True)
    for card, size in zip(shown, sizes, strict=True):
        assert card["figures"][0][0] == f"{size:,} images"
        assert card["name"] == naming.cluster_name(bundle, cluster_of(card))
        assert len(card["pictures"]) == min(size, 5)
        assert cluster_of(card) not in [cluster_of(other) for other in card["near"]]


def test_the_summary_says_how_clusters_and_categories_agree(bundle: Bundle) -> None:
    app = page("clusters")
    said = texts(app).replace("\\", "")
    assert f"{len(bundle.centroids)} clusters" in said
    assert "agreement with the categories: 0." in said
    assert any("folder names" in (m.help or "") for m in app.markdown)


@pytest.mark.parametrize("sort", ["purity", "mixed", "ndcg", "spread"])
def test_cards_come_in_the_order_asked_for(bundle: Bundle, sort: str) -> None:
    app = page("clusters", sort=sort)
    read = {
        "purity": lambda card: -card["share"],
        "mixed": lambda card: card["share"],
        "spread": lambda card: -float(card["figures"][0][1].split()[-1]),
        "ndcg": lambda card: (
            float(card["figures"][1][0].split()[-1]) if len(card["figures"]) > 1 else np.inf
        ),
    }[sort]
    values = [read(card) for card in cards(app)]
    assert values == sorted(values)
    assert len(set(values)) > 1


def test_a_word_finds_its_clusters_in_any_language(bundle: Bundle) -> None:
    for word in ("planet", "планета", "PLANET"):
        app = page("clusters", q=word)
        listed = [cluster_of(card) for card in cards(app)]
        assert 1 <= len(listed) < len(bundle.centroids)
    app.text_input(key="clusters.q").input("no such word").run()
    assert app.query_params["q"] == "no such word"
    assert "No cluster matches" in texts(app)
    assert 7 in [cluster_of(card) for card in cards(page("clusters", q="7"))]


def test_one_cluster_shows_its_images_words_and_neighbours(bundle: Bundle) -> None:
    app = page("clusters", cluster="5")
    assert naming.cluster_name(bundle, 5) in app.title[0].value.replace("\\", "")
    central = [card["id"] for card in gallery_of(app, "clusters.central")["cards"]]
    border = gallery_of(app, "clusters.borderline")["cards"]
    inside = set(bundle.items.loc[bundle.items["cluster"] == 5, "image"])
    assert set(central) <= inside
    assert {card["id"] for card in border} <= inside - set(central)
    assert all(card["mark"].startswith("almost ") for card in border)
    assert "5" not in {card["mark"].split()[1] for card in border}
    for words in bundle.cluster_words.values():
        assert ", ".join(words[5]) in texts(app)
    near = gallery_of(app, "clusters.near")["cards"]
    assert 5 not in [cluster_of(card) for card in near]
    assert app.get("plotly_chart")


def test_each_category_of_a_cluster_opens_as_many_images_as_it_counts(bundle: Bundle) -> None:
    mixed = int(bundle.items.groupby("cluster")["label"].nunique().idxmax())
    app = page("clusters", cluster=str(mixed))
    links = links_of(app, "Images by category")
    assert sum(int(text.rpartition(" ")[2]) for text, _href in links) == int(
        bundle.cluster_sizes[mixed]
    )
    for text, href in links[:3]:
        assert f"{text.rpartition(' ')[2]} image" in texts(follow(app, href))


def test_a_cluster_becomes_the_filter_of_other_pages(bundle: Bundle) -> None:
    app = press(page("clusters", cluster="5"), "Browse this cluster")
    assert not app.exception
    assert app.title[0].value == "Browse"
    assert app.query_params["cluster"] == "5"
    inside = set(bundle.items.loc[bundle.items["cluster"] == 5, "image"])
    assert {card["id"] for card in gallery_of(app, "browse.gallery")["cards"]} == inside


def test_back_from_one_cluster_to_all_keeps_the_order(bundle: Bundle) -> None:
    app = press(page("clusters", cluster="5", sort="purity"), "All clusters")
    assert app.query_params["sort"] == "purity"
    assert "cluster" not in app.query_params
    assert cards(app)


def test_an_unknown_cluster_or_order_in_a_link_is_no_traceback(bundle: Bundle) -> None:
    assert "no cluster 999" in texts(page("clusters", cluster="999"))
    assert cards(page("clusters", sort="nonsense", page="999"))


def test_names_come_in_the_captions_language_and_fall_back(bundle: Bundle) -> None:
    words = bundle.cluster_words
    assert naming.words(bundle, 15, "text_ru") == words["text_ru"][15]
    assert naming.words(bundle, 15, "text_xx") == words["text"][15]
    assert naming.cluster_name(bundle, 15, most=1) == f"15 · {words['text'][15][0]}"
    bare = Bundle(**{name: getattr(bundle, name) for name in Bundle.__dataclass_fields__})
    bare.__dict__["cluster_words"] = {"text": [[] for _ in bundle.centroids]}
    assert naming.cluster_name(bare, 15) == "15"
    assert naming.label_name("animals/sea_life") == "animals › sea life"
