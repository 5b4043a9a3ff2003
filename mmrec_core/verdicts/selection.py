"""The verdicts that a reviewer looks for: by one person, of one grade, with a tag or a note."""

import pandas as pd


def select(
    verdicts: pd.DataFrame,
    tags: pd.DataFrame,
    *,
    reviewer: str = "",
    grade: int | None = None,
    tag: str | None = None,
    noted: bool = False,
) -> pd.DataFrame:
    """Return the verdicts that meet all conditions, the newest first.

    Parameters
    ----------
    verdicts, tags : DataFrame
        What a `mmrec_core.verdicts.store.VerdictStore` gives.
    reviewer : str
        Who gave it; empty for anybody.
    grade : int, optional
        Its grade.
    tag : str, optional
        A tag that one of its two images has, whoever gave it.
    noted : bool
        Whether it must have a note.

    Returns
    -------
    DataFrame
        The columns of ``verdicts``, numbered anew.
    """
    keep = pd.Series(True, index=verdicts.index)
    if reviewer:
        keep &= verdicts["reviewer"] == reviewer
    if grade is not None:
        keep &= verdicts["grade"] == grade
    if tag is not None:
        tagged = tags.loc[tags["tag"] == tag, "image"]
        keep &= verdicts["query"].isin(tagged) | verdicts["candidate"].isin(tagged)
    if noted:
        keep &= verdicts["note"] != ""
    return verdicts[keep].iloc[::-1].reset_index(drop=True)
