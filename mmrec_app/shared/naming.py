"""What clusters and labels are called on every page."""

from mmrec_app.i18n import _
from mmrec_app.shared import captions
from mmrec_app.words import vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.evaluation import slices


def words(bundle: Bundle, cluster: int, column: str | None = None) -> list[str]:
    """Return a cluster's characteristic words from the captions that the visitor reads.

    ``column`` asks for those of another column of captions. A column without words, and a cluster
    without words in it, fall back to ``text``.
    """
    by_column = bundle.cluster_words
    named = by_column.get(column or captions.column(bundle)) or by_column["text"]
    return named[cluster] or by_column["text"][cluster]


def cluster_name(bundle: Bundle, cluster: int, most: int = 2) -> str:
    """Return a cluster's number with its first words: ``5 · owl, bird``; untrusted text."""
    named = ", ".join(words(bundle, cluster)[:most])
    return f"{cluster} · {named}" if named else str(cluster)


def short_name(bundle: Bundle, cluster: int, column: str | None = None) -> str:
    """Return a cluster's first word alone, its number where it has none; untrusted text."""
    return next(iter(words(bundle, cluster, column)), str(cluster))


def slice_name(bundle: Bundle, kind: str, value: str) -> str:
    """Return what a slice of queries is called; labels and words of clusters are untrusted text."""
    if kind == slices.CLUSTER:
        return cluster_name(bundle, int(value))
    if kind == slices.LABEL:
        return label_name(value)
    if kind == slices.LENGTH:
        return _("{n} words").format(n=value)
    if kind == slices.CLUSTER_SIZE:
        return _("{n} images").format(n=value)
    return vocabulary.slice_value(value)


def label_name(label: str) -> str:
    """Return a label as people read it, ``animals › sea life`` for ``animals/sea_life``."""
    return label.replace("/", " › ").replace("_", " ")
