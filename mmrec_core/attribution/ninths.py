"""Where on a picture its regions add most, in words: by its nine parts."""

import numpy as np

from mmrec_core.encoders.parts import Grid

NINTHS = (
    *("upper left", "top", "upper right"),
    *("left", "centre", "right"),
    *("lower left", "bottom", "lower right"),
)


def strongest_ninths(values: np.ndarray, grid: Grid, *, most: int = 3) -> list[tuple[int, float]]:
    """Return the ninths of a picture whose cells add most, whatever the sign, and what they add.

    Parameters
    ----------
    values : ndarray (cells,) float
        What lies beyond the picture counts for none.
    grid : Grid
    most : int
        How many to return; fewer where the others add nothing.

    Returns
    -------
    list of (int, float)
        Places among `NINTHS`.

    Examples
    --------
    >>> import numpy as np
    >>> from mmrec_core.attribution.ninths import NINTHS, strongest_ninths
    >>> from mmrec_core.encoders.parts import Grid
    >>> values = np.array([0.5, 0.1, 0.0, -0.2])
    >>> found = strongest_ninths(values, Grid(2, 2, 0, 0, 1, 1), most=2)
    >>> [(NINTHS[place], value) for place, value in found]
    [('upper left', 0.5), ('lower right', -0.2)]
    """
    x = grid.left + grid.width * (np.arange(grid.columns) + 0.5) / grid.columns
    y = grid.top + grid.height * (np.arange(grid.rows) + 0.5) / grid.rows
    across, down = (np.clip(3 * at, 0, 2).astype(int) for at in (x, y))
    ninth = (3 * down[:, None] + across).ravel()[grid.on_picture]
    sums = np.bincount(ninth, values[grid.on_picture], minlength=9)
    order = np.argsort(-np.abs(sums), kind="stable")[:most]
    return [(int(place), float(sums[place])) for place in order if sums[place]]
