"""What the trained ranker goes by."""

import streamlit as st

from mmrec_app.evaluation.curve_panel import PLOTLY
from mmrec_app.evaluation.section import heading, section
from mmrec_app.i18n import _
from mmrec_app.shared import held_out
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.plots.importance import importance_plot


def title() -> str:
    """Return the heading of the section."""
    return _("What CatBoost relies on")


def importance_panel(bundle: Bundle) -> None:
    """Draw importances of groups, by contribution and by loss, and of single features."""
    importance = held_out.importance_of(bundle)
    section(
        title(),
        _(
            "Left: the mean absolute contribution of each group to the score (SHAP) on "
            "{explained} held-out pairs, and the loss of AUC when the group's features are "
            "shuffled among {shuffled} pairs; whiskers span three shuffles. Right: single "
            "features. Features that carry the same information share their contribution."
        ).format(
            explained=formats.whole(importance.explained),
            shuffled=formats.whole(importance.shuffled),
        ),
        lambda: importance.features.assign(
            meaning=importance.features["feature"].map(vocabulary.feature_meaning)
        ).merge(importance.groups, on="role", suffixes=("", "_of_group")),
        "importance",
    )
    left, right = st.columns([1, 1.35], gap="large")
    groups, features = importance.groups, importance.features
    names = [vocabulary.role_name(role) for role in groups["role"]]
    with left:
        heading(_("Groups: mean contribution"))
        st.plotly_chart(
            importance_plot(
                names,
                groups["contribution"].tolist(),
                groups["role"].tolist(),
                x=_("mean |SHAP|, log-odds"),
                height=225,
            ),
            key="evaluation.groups",
            config=PLOTLY,
            alt=_("Mean contribution of each group of features"),
        )
        heading(_("Groups: loss when shuffled"))
        st.plotly_chart(
            importance_plot(
                names,
                groups["auc_drop"].tolist(),
                groups["role"].tolist(),
                spans=list(zip(groups["auc_drop_low"], groups["auc_drop_high"], strict=True)),
                x=_("AUC lost when shuffled"),
                height=225,
            ),
            key="evaluation.losses",
            config=PLOTLY,
            alt=_("AUC lost when each group of features is shuffled"),
        )
    with right:
        heading(_("Single features"))
        st.plotly_chart(
            importance_plot(
                [vocabulary.feature_name(name) for name in features["feature"]],
                features["contribution"].tolist(),
                features["role"].tolist(),
                meanings=[
                    f"{vocabulary.feature_meaning(name)} ({name})" for name in features["feature"]
                ],
                x=_("mean |SHAP|, log-odds"),
                height=485,
            ),
            key="evaluation.features",
            config=PLOTLY,
            alt=_("Mean contribution of each single feature"),
        )
