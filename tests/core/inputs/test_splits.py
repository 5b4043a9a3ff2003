"""The split of the queries: groups together, folds of one size, and chance that goes by names."""

import numpy as np

from mmrec_core.inputs.judgements import VALIDATION
from mmrec_core.inputs.splits import FOLDS, HELD_OUT, deal_folds, split_of_fold


def _collection(queries: int) -> tuple[list[str], np.ndarray]:
    """Return names, and groups of which every tenth holds three."""
    groups = np.repeat(np.arange(queries), np.where(np.arange(queries) % 10, 1, 3))[:queries]
    return [f"set/{place}.jpg" for place in range(queries)], groups


def test_groups_stay_together_in_folds_of_one_size():
    names, groups = _collection(526)
    folds = deal_folds(groups, names, seed=0)
    assert all(len(np.unique(folds[groups == group])) == 1 for group in np.unique(groups))
    assert np.ptp(np.bincount(folds, minlength=FOLDS)) <= 5


def test_no_fold_is_empty_however_few_groups_there_are():
    for queries in range(1, 12):
        folds = deal_folds(np.arange(queries), [f"{q}" for q in range(queries)], seed=0)
        assert len(np.unique(folds)) == min(queries, FOLDS)


def test_images_that_come_or_go_leave_the_others_in_their_folds():
    names, groups = _collection(526)
    folds = deal_folds(groups, names, seed=0)
    split = split_of_fold(folds, groups, names, HELD_OUT, seed=0)
    left = np.delete(np.arange(526), [7, 100, 255, 256, 400])
    kept = [names[place] for place in left]
    new_folds = deal_folds(groups[left], kept, seed=0)
    new_split = split_of_fold(new_folds, groups[left], kept, HELD_OUT, seed=0)
    assert (new_folds == folds[left]).mean() > 0.95
    assert (new_split == split[left]).mean() > 0.93


def test_large_groups_are_drawn_no_more_often_than_small_ones():
    groups = np.repeat(np.arange(1000), np.tile([1, 4], 500))
    names = [f"set/{place}.jpg" for place in range(len(groups))]
    folds = deal_folds(groups, names, seed=0)
    split = split_of_fold(folds, groups, names, HELD_OUT, seed=0)
    large = np.isin(groups, np.flatnonzero(np.bincount(groups) > 1))
    assert 0.7 < large[split == VALIDATION].mean() < 0.88  # 0.8 of all are in large groups


def test_the_order_of_the_images_does_not_matter():
    names, groups = _collection(100)
    folds = deal_folds(groups, names, seed=3)
    turned = deal_folds(groups[::-1], names[::-1], seed=3)
    assert turned[::-1].tolist() == folds.tolist()


def test_a_seed_deals_anew_and_every_fold_has_validation_queries_of_its_own():
    names, groups = _collection(200)
    folds = deal_folds(groups, names, seed=0)
    assert (deal_folds(groups, names, seed=1) != folds).mean() > 0.5
    splits = [split_of_fold(folds, groups, names, fold, seed=0) for fold in range(FOLDS)]
    for fold, split in enumerate(splits):
        assert (split[folds == fold] == "test").all()
        assert 20 <= (split == VALIDATION).sum() <= 30
    assert (splits[0] != splits[1])[folds > 1].any()
