"""What a training with verdicts says of its outcome."""

import pandas as pd
import pytest

from mmrec_core.evaluation.bootstrap import Estimate
from mmrec_core.verdicts.gate import Gate
from mmrec_core.verdicts.ranker_comparison import METRICS, RankerComparison
from mmrec_core.verdicts.retraining import Retraining, summary
from mmrec_core.verdicts.training_pairs import Folded

GAINS = Estimate(value=0.01, low=-0.01, high=0.03)
SURELY = Estimate(value=0.05, low=0.02, high=0.08)


def outcome(held_out: Estimate, above_single: Estimate = SURELY) -> Retraining:
    figures = dict.fromkeys(METRICS, Estimate(value=0.7, low=0.6, high=0.8))
    return Retraining(
        verdicts=3,
        reviewers=1,
        missing=0,
        folded=Folded(pd.DataFrame(), 1, 1, 1, 2, 0, 0),
        gate=Gate(
            queries=40,
            folds=5,
            difference=GAINS,
            best_single="bert",
            above_single=above_single,
            build_above_single=SURELY,
            refusal=None,
        ),
        by_relevance=RankerComparison(9, 99, figures, figures, dict.fromkeys(METRICS, held_out)),
        by_verdicts=None,
        replaced=True,
    )


@pytest.mark.parametrize(("high", "warns"), [(-0.01, True), (0.01, False)])
def test_it_warns_where_held_out_queries_are_ranked_worse_for_sure(high: float, warns: bool):
    lines = summary(outcome(Estimate(value=-0.03, low=-0.05, high=high)))
    assert ("the new ranker is worse" in lines) == warns
    assert "nDCG@5 on 40 queries, each held out in one of 5 further folds" in lines
    assert "new − build: 0.010 [-0.010, 0.030]" in lines
    assert "Not used in training: 2 of held-out queries." in lines


@pytest.mark.parametrize(("above", "warns"), [(GAINS, True), (SURELY, False)])
def test_it_names_the_best_single_ranker_and_warns_unless_it_is_surely_beaten(
    above: Estimate, warns: bool
):
    lines = summary(outcome(GAINS, above_single=above))
    assert f"new − bert, the best single ranker on them: {above['value']:.3f}" in lines
    assert "build − bert, the best single ranker on them: 0.050 [0.020, 0.080]" in lines
    assert ("not better than bert" in lines) == warns
