"""A search as people type it: words, then parts to add or to take away, each behind its sign."""

import re
from typing import NamedTuple

from mmrec_core.serving.search import AWAY, Term

_SIGN = re.compile(r"(?:^|(?<=\s))(?:([-+])(?=[^\W\d_])|([−+])\s*(?=\S))")
"""A sign begins a part at the start or after a space: a hyphen or plus right before a letter, a
true minus or a plus before anything. ``t-shirt`` and ``cat - drawing`` hold none."""


class WrittenSearch(NamedTuple):
    """What a line asks for.

    Attributes
    ----------
    terms : tuple of Term
    adds : bool
        Whether it adds to the search that is there: it begins with a sign.
    """

    terms: tuple[Term, ...]
    adds: bool


def read(line: str) -> WrittenSearch:
    """Read a line.

    Examples
    --------
    >>> read("a cake with candles -chocolate")
    WrittenSearch(terms=(Term(weight=1.0, text='a cake with candles', image=None), \
Term(weight=-0.6, text='chocolate', image=None)), adds=False)
    >>> read("− chocolate").adds
    True
    >>> [term.text for term in read("t-shirt + a cap").terms]
    ['t-shirt', 'a cap']
    """
    line = line.strip()
    signs = list(_SIGN.finditer(line))
    ends = [sign.start() for sign in signs[1:]] + [len(line)]
    parts = [(line[: signs[0].start()] if signs else line, "+")]
    parts += [
        (line[sign.end() : end], sign[1] or sign[2]) for sign, end in zip(signs, ends, strict=False)
    ]
    terms = tuple(
        Term(1.0 if sign == "+" else AWAY, text=text.strip())
        for text, sign in parts
        if text.strip()
    )
    return WrittenSearch(terms, bool(signs) and signs[0].start() == 0)
