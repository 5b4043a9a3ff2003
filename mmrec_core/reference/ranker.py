"""The reference's ranker: CatBoost on the four vectors of a pair and its four similarities."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier, CatBoostError, Pool
from sklearn.preprocessing import StandardScaler

from mmrec_core.errors import InputError
from mmrec_core.evaluation.metrics import auc
from mmrec_core.inputs.judgements import TEST, VALIDATION
from mmrec_core.reference.faults import Faults
from mmrec_core.reference.similarities import SIMILARITIES, similarities

VECTORS = ("img_clip_1", "img_clip_2", "img_bert_1", "img_bert_2")
TREES = 2000
ROW_SHARES = (0.70, 0.15)  # of the rows, for training and validation; the rest for the claim
_CHUNK = 20_000


@dataclass(frozen=True)
class ReferenceRanker:
    """A model of the reference's kind.

    Attributes
    ----------
    model : CatBoostClassifier
    form : {"embeddings", "columns"}
        Whether it takes vectors as four embedding features (as the notebook trains it) or as plain
        columns (as the published one was trained).
    scaler : StandardScaler, optional
        What scales the similarities; None: fitted anew on all pairs of a call, as the reference
        does.
    """

    model: CatBoostClassifier
    form: Literal["embeddings", "columns"]
    scaler: StandardScaler | None = None

    def probability(
        self, clip: np.ndarray, bert: np.ndarray, queries: np.ndarray, candidates: np.ndarray
    ) -> np.ndarray:
        """Return the probability of relevance of each pair, (n,) float64.

        Parameters
        ----------
        clip, bert : ndarray (images, d) float32
            Vectors, not normalised; NaN rows where there is no text.
        queries, candidates : ndarray (n,) int
            Rows.
        """
        if not len(queries):
            return np.zeros(0)
        raw = similarities(clip, bert, queries, candidates)
        scaled = (self.scaler or StandardScaler().fit(raw)).transform(raw)
        parts = []
        for start in range(0, len(queries), _CHUNK):
            part = slice(start, start + _CHUNK)
            pool = _pool(self.form, clip, bert, queries[part], candidates[part], scaled[part])
            parts.append(self.model.predict_proba(pool, thread_count=2)[:, 1])
        return np.concatenate(parts)


@dataclass(frozen=True)
class Trained:
    """A ranker, and the AUC that its own test part claims for it (None for a split by query)."""

    ranker: ReferenceRanker
    claimed: float | None
    claimed_on: int


def train_reference(
    clip: np.ndarray,
    bert: np.ndarray,
    pairs: pd.DataFrame,
    faults: Faults,
    seed: int,
    trees: int = TREES,
) -> Trained:
    """Train the reference's ranker on the pairs of queries that are not held out.

    Parameters
    ----------
    clip, bert : ndarray (images, d) float32
        Vectors, not normalised.
    pairs : DataFrame
        ``query``, ``candidate`` (rows), ``relevance``, ``split``. Held-out ones are not used.
    faults : Faults
        Which faults of the reference are left in.
    seed : int
        Of the split by rows and of CatBoost.
    trees : int
        At most; the reference has 2,000.
    """
    pairs = pairs[pairs["split"] != TEST]
    queries, candidates, relevance = (
        pairs[name].to_numpy() for name in ("query", "candidate", "relevance")
    )
    # Shuffled either way: CatBoost's estimates from embeddings are poor on rows sorted by query.
    order = np.random.default_rng(seed).permutation(len(pairs))
    if faults.row_split:
        ends = np.cumsum([round(share * len(pairs)) for share in ROW_SHARES])
        parts = np.split(order, ends)
    else:
        validation = (pairs["split"] == VALIDATION).to_numpy()[order]
        parts = [order[~validation], order[validation], order[:0]]
    raw = similarities(clip, bert, queries, candidates)
    whole = StandardScaler().fit(raw[parts[0]])

    def pool(rows: np.ndarray) -> Pool:
        scaler = StandardScaler().fit(raw[rows]) if faults.scaler_per_split else whole
        scaled = scaler.transform(raw[rows])
        return _pool(
            "embeddings", clip, bert, queries[rows], candidates[rows], scaled, relevance[rows]
        )

    model = CatBoostClassifier(
        loss_function="Logloss",
        iterations=trees,
        depth=6,
        learning_rate=0.001,
        scale_pos_weight=2.64 if faults.scale_pos_weight else 1.0,
        early_stopping_rounds=20,
        random_seed=seed,
        thread_count=2,
        verbose=False,
        allow_writing_files=False,
    )
    model.fit(pool(parts[0]), eval_set=pool(parts[1]))
    claimed = None
    if len(parts[2]):
        scores = model.predict_proba(pool(parts[2]))[:, 1]
        claimed = auc(relevance[parts[2]], scores)
    ranker = ReferenceRanker(model, "embeddings", None if faults.scaler_per_split else whole)
    return Trained(ranker, claimed, len(parts[2]))


def load_published(
    content: bytes, where: str, clip_dimension: int, bert_dimension: int
) -> ReferenceRanker:
    """Read a trained ranker of the reference, of either form: the content of ``where``.

    Raises
    ------
    InputError
        If it is no CatBoost model, or takes other columns than the reference has.
    """
    try:
        model = CatBoostClassifier().load_model(blob=content)
        names = tuple(model.feature_names_)
        embeddings = len(model._get_embedding_feature_indices())
    except CatBoostError as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(
            f"{where} is not a readable CatBoost model ({reason}): fetch it again."
        ) from None
    if names == (*VECTORS, *SIMILARITIES) and embeddings == len(VECTORS):
        return ReferenceRanker(model, "embeddings")
    if names == column_names(clip_dimension, bert_dimension) and not embeddings:
        return ReferenceRanker(model, "columns")
    raise InputError(
        f"{where} takes {len(names)} features, the first {names[0]!r}; expected the reference's "
        f"{len(VECTORS)} embedding features or {2 * (clip_dimension + bert_dimension)} columns, "
        f"and {', '.join(SIMILARITIES)} after them."
    )


def column_names(clip_dimension: int, bert_dimension: int) -> tuple[str, ...]:
    """Return the names of the published ranker's columns, in their order."""
    sizes = (clip_dimension, clip_dimension, bert_dimension, bert_dimension)
    spread = (f"{name}_{i}" for name, size in zip(VECTORS, sizes, strict=True) for i in range(size))
    return (*spread, *SIMILARITIES)


def _pool(
    form: str,
    clip: np.ndarray,
    bert: np.ndarray,
    queries: np.ndarray,
    candidates: np.ndarray,
    scaled: np.ndarray,
    relevance: np.ndarray | None = None,
) -> Pool:
    """Put pairs as the model takes them; a vector that is missing is one of zeros."""
    vectors = [np.nan_to_num(part[rows]) for part in (clip, bert) for rows in (queries, candidates)]
    if form == "columns":
        names = column_names(clip.shape[1], bert.shape[1])
        return Pool(np.hstack([*vectors, scaled.astype(np.float32)]), relevance,
                    feature_names=list(names))  # fmt: skip
    columns: dict[str, object] = {
        name: list(rows) for name, rows in zip(VECTORS, vectors, strict=True)
    }
    columns |= dict(zip(SIMILARITIES, scaled.T.astype(np.float32), strict=True))
    return Pool(pd.DataFrame(columns), relevance, embedding_features=list(VECTORS))
