"""In which settings two builds differ, in words."""

from collections.abc import Iterator

from mmrec_app.i18n import _
from mmrec_app.words import vocabulary
from mmrec_core.bundle.manifest import Manifest
from mmrec_core.differences.text import settings_that_differ


def that_differ(a: Manifest, b: Manifest) -> Iterator[str]:
    """Yield one sentence that names the settings of A and B that differ, if any does."""
    changed = settings_that_differ(a, b)
    if not changed:
        return
    titles = {
        "image encoder": _("image encoder"),
        "text encoder": _("text encoder"),
        "recipe": _("recipe"),
        "candidates by": _("candidates"),
        "images with text": _("images with a caption"),
        "relevance by": _("relevance"),
        "seed": _("seed"),
    }
    listed = [
        _("{setting} – {a} in A, {b} in B").format(
            setting=titles[name], a=_value(name, a, in_a), b=_value(name, b, in_b)
        )
        for name, (in_a, in_b) in changed.items()
    ]
    yield _("The builds differ: {settings}.").format(settings="; ".join(listed))


def _value(name: str, manifest: Manifest, written: str) -> str:
    if name == "candidates by":
        settings = manifest.candidates
        method = vocabulary.candidate_method(settings.method, settings.nearest_clusters)
        return f"{method} ({settings.exact_size})" if settings.method == "exact" else method
    if name == "relevance by":
        return {"labels": _("by labels"), "judged": _("by judged pairs")}.get(written, "–")
    return written
