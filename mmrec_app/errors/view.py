"""What the Errors page shows, as its link says it."""

import re
from dataclasses import dataclass
from typing import Literal

from mmrec_app.i18n import _
from mmrec_core.collection.filtering import Filter
from mmrec_core.evaluation.wrong_pairs import KINDS, NEGATIVES
from mmrec_core.verdicts.queue import ORDERS, SCOPES

PAIRS, QUEUE, TWINS, LABELS, VERDICTS = VIEWS = (
    "pairs", "queue", "near-duplicates", "labels", "verdicts",
)  # fmt: skip
OPEN, ACCEPTED, REJECTED = STATES = ("open", "accepted", "rejected")
RELEVANT, IRRELEVANT = "relevant", "irrelevant"


@dataclass(frozen=True)
class ErrorsView(Filter):
    """The view's parameters; a pair passes the filter if one of its images does.

    The filter is for pairs alone; queue and verdicts have choices of their own. The query set is
    for pairs and queue.

    Attributes
    ----------
    view : str
        ``pairs``, ``queue``, ``verdicts``, ``near-duplicates`` or ``labels``.
    set : str
        The query set whose pairs or queries are shown; empty for all.
    kind : str
        Pairs: one of `mmrec_core.evaluation.wrong_pairs.KINDS`.
    ranker : str
        Whose probabilities and figures; empty for the best there is.
    threshold : float or None
        Probability; None for the ranker's own.
    once : bool
        Pairs: the worst of each query alone.
    page : int
        Of the pairs, from 1.
    scope : str
        Queue: ``held-out``, ``training`` or ``all`` queries; empty for all that are held out from
        some ranker.
    order : str
        Queue: one of `mmrec_core.verdicts.queue.ORDERS`, by the figures of ``ranker``.
    against : str or None
        Queue: the name of the other bundle of the order ``worse``.
    share : str
        Queue: ``2/3`` for the second of three parts among which reviewers deal it; empty for all.
    open : bool
        Queue: whether rankers, scores and what is known show before a candidate is graded.
    query : str or None
        Name of the queue's query; or of the one query whose pairs are shown.
    slice : str or None
        Pairs: ``kind:value``, only those of the queries of this slice.
    bin : str or None
        Pairs: ``score:n`` or ``probability:n``, only those in a bar of Evaluation's histogram of
        ``ranker``, or at a point of its calibration curve, counted from 0.
    known : str
        Pairs: ``relevant`` or ``irrelevant``; empty for both.
    by : str
        Verdicts: the reviewer; empty for all.
    grade : {1, 2, 3, 4} or None
        Verdicts: only of this grade.
    tagged : str or None
        Verdicts: only those of which an image has this tag.
    noted : bool
        Verdicts: only those with a note.
    decided : str
        Work lists: ``open``, ``accepted`` or ``rejected`` entries.
    least : float or None
        Work lists: the least cosine or confidence; None for the list's own.
    across : bool
        Near-duplicates: only those whose labels differ.
    explained, beside : str or None
        Pairs and queue: the query and the candidate whose regions and words are shown.
    parts : str
        What these add up to, one of `mmrec_app.shared.regions.MEASURES`.
    """

    view: str = PAIRS
    set: str = ""
    kind: str = NEGATIVES
    ranker: str = ""
    threshold: float | None = None
    page: int = 1
    scope: str = ""
    order: str = ORDERS[0]
    against: str | None = None
    share: str = ""
    open: bool = False
    once: bool = False
    query: str | None = None
    slice: str | None = None
    bin: str | None = None
    known: str = ""
    by: str = ""
    grade: Literal[1, 2, 3, 4] | None = None
    tagged: str | None = None
    noted: bool = False
    decided: str = OPEN
    least: float | None = None
    across: bool = True
    explained: str | None = None
    beside: str | None = None
    parts: str = ""

    def __post_init__(self) -> None:
        """Put what is out of its range to the nearest, or to the default."""
        for name, known in (
            ("view", VIEWS),
            ("decided", STATES),
            ("kind", KINDS),
            ("known", ("", RELEVANT, IRRELEVANT)),
            ("scope", ("", *SCOPES)),
            ("order", ORDERS),
        ):
            if getattr(self, name) not in known:
                object.__setattr__(self, name, known[0])
        object.__setattr__(self, "page", max(1, self.page))
        if self.least is not None:
            object.__setattr__(self, "least", min(max(self.least, 0.0), 1.0))
        if self.threshold is not None:
            object.__setattr__(self, "threshold", round(min(max(self.threshold, 0.0), 1.0), 2))

    @property
    def dealt(self) -> tuple[int, int] | None:
        """The part of the queue, from 1, and the number of parts; None for all of it."""
        written = re.fullmatch(r"(\d)/(\d)", self.share)
        if not written:
            return None
        part, parts = int(written[1]), int(written[2])
        return (part, parts) if 1 <= part <= parts > 1 else None


def view_names() -> dict[str, str]:
    """Return the names of the views."""
    return {
        PAIRS: _("Pairs"),
        QUEUE: _("Queue"),
        TWINS: _("Near-duplicates"),
        LABELS: _("Category mistakes"),
        VERDICTS: _("Verdicts"),
    }
