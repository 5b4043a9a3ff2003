"""What the bundle is: its counts, its encoders, and how candidates and relevance were made."""

import html

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_app.words.told import told
from mmrec_core.bundle import Bundle
from mmrec_core.bundle.build_record import Gate, Measured, built_metrics
from mmrec_core.encoders import EncoderSpec
from mmrec_core.ranker.model import MODEL
from mmrec_core.vector_store.places import place_of


def identity(bundle: Bundle) -> None:
    """Draw name, digest, recipe and seed, and the notes of whoever built it."""
    manifest = bundle.manifest
    st.html(
        f"<p class='identity'><b>{html.escape(bundle.name)}</b>"
        f"<code title='{bundle.digest}'>{bundle.digest[: address.DIGEST_LENGTH]}</code></p>"
    )
    st.caption(
        formats.escaped(
            _(
                "recipe {recipe}, seed {seed}, schema {schema}. Licence of the data: {licence}."
            ).format(
                recipe=manifest.recipe,
                seed=manifest.seed,
                schema=manifest.schema_version,
                licence=manifest.licence or _("not stated"),
            )
        )
    )
    for note in manifest.notes:
        st.text(told(note))


def counts(bundle: Bundle) -> None:
    """Draw the counts as tiles."""
    counts = bundle.manifest.counts
    tiles = (
        (_("Images"), counts.images, ""),
        (_("With a caption"), counts.with_text, _share(counts.with_text, counts.images)),
        (_("With a category"), counts.with_label, _share(counts.with_label, counts.images)),
        (_("Clusters"), counts.clusters, ""),
        (_("Queries"), counts.queries, ""),
        (_("Held-out queries"), counts.held_out_queries, ""),
        (_("Pairs"), counts.pairs, ""),
        (_("Problems"), counts.problems, ""),
    )
    cells = "".join(
        f"<div><dt>{html.escape(name)}</dt><dd>{formats.whole(number)}<small>{html.escape(note)}</small></dd></div>"
        for name, number, note in tiles
    )
    st.html(f"<dl class='tiles'>{cells}</dl>")


def encoders(bundle: Bundle) -> None:
    """Draw both encoders, side by side."""
    st.header(
        _("Encoders"),
        anchor=False,
        help=_("The models that turned pictures and captions into vectors."),
    )
    both = bundle.manifest.encoders
    for column, spec, kind in zip(
        st.columns(2, gap="large"),
        (both.image_text, both.text),
        (_("Pictures and texts (CLIP)"), _("Texts (BERT)")),
        strict=True,
    ):
        with column:
            st.subheader(kind, anchor=False)
            st.text(told(spec.description))
            facts(_specification(spec))


def making(bundle: Bundle) -> None:
    """Draw how relevance, split, candidates and ranker were made."""
    st.header(_("How it was made"), anchor=False)
    settings, ranker = bundle.manifest.candidates, recommender_of(bundle).ranker
    built = built_metrics(bundle)
    relevance = {
        "judged": _("People judged pairs of images."),
        "labels": _(
            "Two images are relevant to each other if they share a category; nobody judged "
            "the pairs."
        ),
        None: _("Unknown: there were neither judged pairs nor categories."),
    }
    if settings.method == "clusters":
        candidates = _("All images of the nearest clusters: {n}.").format(
            n=settings.nearest_clusters
        )
    else:
        candidates = _("The nearest images by standardised cosines: {n}.").format(
            n=settings.exact_size
        )
    if ranker:
        trained = _("CatBoost, {trees} trees; probability threshold {threshold}.").format(
            trees=formats.whole(built.trees), threshold=formats.digits(ranker.thresholds[MODEL])
        )
    else:
        trained = _("None was trained; images are ranked by the mean of both cosines.")
    rows = [
        (_("Relevance"), relevance[bundle.manifest.relevance]),
        (_("Candidates"), candidates),
        (_("Ranker"), trained),
    ]
    training = built.training_with_verdicts
    if training and training.gate.best_single:
        compared = _compared(training.gate, training.gate.best_single)
        rows.append((_("Training with verdicts"), compared))
    if place := place_of(bundle.path):
        rows.append((_("Vectors"), _("In a database: {place}.").format(place=place.store)))
    rows += [(_("Split and metrics"), told(built.split)), (_("Digest"), bundle.digest)]
    facts(rows)


def facts(rows: list[tuple[str, str]]) -> None:
    """Draw names and values; values may be untrusted text."""
    cells = "".join(
        f"<div><dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd></div>"
        for name, value in rows
    )
    st.html(f"<dl class='facts'>{cells}</dl>")


def _specification(spec: EncoderSpec) -> list[tuple[str, str]]:
    return [
        (_("Name"), spec.name),
        (_("Weights"), " ".join(filter(None, (spec.revision, spec.precision)))),
        (_("Library"), spec.library),
        (
            _("Vector"),
            _("{n} dimensions, pooling: {pooling}").format(n=spec.dimension, pooling=spec.pooling),
        ),
        (_("Licence"), told(spec.licence)),
    ]


def _compared(gate: Gate, best_single: str) -> str:
    """Say how the ranker compared with the build's and with the best single one."""
    text = _(
        "nDCG@5 on queries left out of training ({n}): {difference} over the build's ranker, "
        "{above} over {ranker}, the best single ranker."
    ).format(
        n=gate.queries,
        difference=_interval(gate.difference),
        above=_interval(gate.above_single),
        ranker=vocabulary.ranker_name(best_single),
    )
    if (gate.above_single.low or 0) > 0:
        return text
    return " ".join([text, _("It is not better than the latter beyond noise.")])


def _interval(figure: Measured) -> str:
    value, low, high = (formats.digits(x, True) for x in (figure.value, figure.low, figure.high))
    return f"{value} ({low} … {high})"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole and part < whole else ""
