"""What a bundle tells of the images that were added to it and removed from it since its build."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mmrec_core.bundle import layout
from mmrec_core.bundle.reader import Bundle
from mmrec_core.errors import BundleError

LARGEST_CHANGE = 0.2
"""Share of the build's images whose coming and going makes a refit due.

A build fits √(2n) clusters, so that by then it would fit a tenth more, and candidate lists are a
fifth longer than those that the ranker's ranks were learned from.
"""

FARTHER = 1.05
"""How many times as far from its centroid the added image lies, at least, when a refit is due."""

BEYOND = 0.1
"""Share of added images beyond 95 % of the others, at least, when a refit is due: twice that."""

FEWEST = 20
"""Added images, at least, whose lying elsewhere makes a refit due: of fewer too little is known."""

Reason = Literal["changed", "farther", "beyond"]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bounded(_Frozen):
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


class Drift(_Frozen):
    """By how much added images lie otherwise than those of the build.

    Attributes
    ----------
    distance : Bounded
        Mean distance of the added images to their centroids, over that of the build's images.
    beyond : Bounded
        Share of the added images that lie farther from their centroids than 95 % of the build's.
    inertia : float
        Mean squared distance to the centroids over all images, over that of the build's.
    evenness : tuple of float
        Of the cluster sizes, of the build's images and of all: the number of equally large clusters
        of the same entropy, as a share of the clusters; 1 if all are equally large.
    """

    distance: Bounded
    beyond: Bounded
    inertia: float = Field(ge=0)
    evenness: tuple[float, float]


class Step(_Frozen):
    """How many images came or went in one go."""

    added: int = Field(ge=0)
    removed: int = Field(ge=0)


class Growth(_Frozen):
    """What became of a bundle since its build.

    Attributes
    ----------
    built : int
        Images of the build.
    added : int
        Images that came since and are there.
    removed : int
        Images of the build that are gone.
    drift : Drift or None
        Of the added images, as of the last step; None if there are none.
    steps : tuple of Step
        What happened, the first first.
    """

    built: int = Field(ge=1)
    added: int = Field(ge=0)
    removed: int = Field(ge=0)
    drift: Drift | None
    steps: tuple[Step, ...]

    @property
    def change(self) -> float:
        """The images that came and went, as a share of the build's."""
        return (self.added + self.removed) / self.built

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why a refit is due; nothing where it is not."""
        drift = self.drift if self.added >= FEWEST else None
        due: dict[Reason, bool] = {
            "changed": self.change > LARGEST_CHANGE,
            "farther": drift is not None and drift.distance.low > FARTHER,
            "beyond": drift is not None and drift.beyond.low > BEYOND,
        }
        return tuple(reason for reason, holds in due.items() if holds)


def growth_of(bundle: Bundle) -> Growth | None:
    """Return what became of a bundle since its build; None if nothing did.

    Raises
    ------
    BundleError
        If its file holds something else.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.bundle.growth import growth_of
    >>> growth_of(open_bundle("artifacts/demo")) is None
    True
    """
    if layout.GROWTH not in bundle.manifest.files:
        return None
    try:
        return Growth.model_validate_json(bundle.content(layout.GROWTH))
    except ValidationError:
        raise BundleError(
            f"{bundle.path} is damaged ({layout.GROWTH} does not hold what it should): build the "
            "bundle again."
        ) from None


def in_words(growth: Growth) -> list[str]:
    """Return what a growth says, in lines for the terminal."""
    lines = [
        f"since the build of {growth.built:,} images, {growth.added:,} were added and "
        f"{growth.removed:,} removed ({growth.change:.1%} of it)"
    ]
    if drift := growth.drift:
        distance, beyond = drift.distance, drift.beyond
        lines += [
            f"added images lie {distance.value:.2f} times as far from their clusters' centres as "
            f"those of the build ({distance.low:.2f} … {distance.high:.2f}); "
            f"{beyond.value:.0%} of them lie farther than 95 % of those "
            f"({beyond.low:.0%} … {beyond.high:.0%})",
            f"mean squared distance to the centres {drift.inertia - 1:+.1%}; evenness of cluster "
            f"sizes {drift.evenness[0]:.2f} before, {drift.evenness[1]:.2f} now",
        ]
    due = [_DUE[reason] for reason in growth.reasons]
    lines.append(
        f"a refit is due, since {' and '.join(due)}: build the bundle again over all images"
        if due
        else f"no refit is due: that is from {LARGEST_CHANGE:.0%} of change on, or where added "
        "images lie outside of what the clusters were fitted on"
    )
    return lines


_DUE: dict[Reason, str] = {
    "changed": f"more than {LARGEST_CHANGE:.0%} of the images came or went",
    "farther": f"added images lie more than {FARTHER - 1:.0%} farther out",
    "beyond": f"more than {BEYOND:.0%} of the added images lie beyond 95 % of the others",
}
