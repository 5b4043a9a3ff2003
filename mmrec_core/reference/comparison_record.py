"""A comparison of recipes as it is kept beside a bundle, and read again."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from mmrec_core.bundle import Bundle
from mmrec_core.errors import BundleError
from mmrec_core.evaluation.bootstrap import Estimate

REFERENCE, ALL, DEFAULT, COSINES = "reference", "reference without faults", "default", "cosines"
METRICS = ("auc", "ndcg@5", "mrr")


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RecipeRow(_Frozen):
    """One recipe's figures.

    Attributes
    ----------
    name : str
        ``reference``, ``without <fault>``, ``reference without faults``, ``default`` or
        ``cosines`` (their mean, without any training).
    metrics : dict of Estimate
        ``auc``, ``ndcg@5``, ``mrr`` on the held-out pairs.
    default_above : dict of Estimate
        Of each metric, the default's less this one's, paired by query.
    calibration_error : float or None
        None for a ranker without probabilities.
    recall : Estimate
        Share of a held-out query's relevant images that its candidates hold.
    candidates : float
        How many candidates a held-out query has on average.
    seconds : float or None
        To train and to score.
    trees : int or None
    claimed_auc : float or None
        What the reference's own test part, dealt by rows, claims.
    claimed_on : int
        Rows of that part.
    """

    name: str
    metrics: dict[str, Estimate]
    default_above: dict[str, Estimate]
    calibration_error: float | None
    recall: Estimate
    candidates: float
    seconds: float | None
    trees: int | None
    claimed_auc: float | None = None
    claimed_on: int = 0


class RecipeComparison(_Frozen):
    """Recipes on one bundle's held-out queries; ``notes`` say what could not be compared."""

    bundle: str
    digest: str
    seed: int
    queries: int
    pairs: int
    relevant: int
    most_trees: int
    rows: list[RecipeRow]
    notes: list[str]


def comparison_path(bundle: Path) -> Path:
    """Return where a bundle's comparison lies: beside it, since a bundle does not change."""
    bundle = bundle.resolve()
    return bundle.with_name(f"{bundle.name}.comparison.json")


def read_comparison(bundle: Bundle) -> RecipeComparison | None:
    """Return the comparison that lies beside a bundle, None if there is none of this very bundle.

    Raises
    ------
    BundleError
        If it is damaged.
    """
    path = comparison_path(bundle.path)
    try:
        comparison = RecipeComparison.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise BundleError(
            f"{path} cannot be read ({type(error).__name__}): run `mmrec compare` again."
        ) from None
    return comparison if comparison.digest == bundle.digest else None
