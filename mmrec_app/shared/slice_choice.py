"""A slice of the held-out queries as a link names it, ``kind:value``: its queries, its name."""

import numpy as np

from mmrec_app.shared import held_out, naming
from mmrec_core.bundle import Bundle
from mmrec_core.evaluation.slices import queries_of


def members(bundle: Bundle, chosen: str) -> np.ndarray:
    """Return the rows of a slice's queries, ascending; none where nothing is in it."""
    kind, _colon, value = chosen.partition(":")
    return queries_of(held_out.members(bundle), kind, value)


def title(bundle: Bundle, chosen: str) -> str:
    """Return what a slice is called; its value alone where no query is in it."""
    kind, _colon, value = chosen.partition(":")
    return naming.slice_name(bundle, kind, value) if len(members(bundle, chosen)) else value
