"""Colours that people with any colour vision can distinguish, and which cluster has which.

Okabe and Ito 2008, "Color Universal Design", without black (it is text) and, for clusters,
yellow (it vanishes on white). Six colours repeat; on the map the marker's shape distinguishes
clusters of one colour.
"""

ORANGE, SKY, GREEN = "#E69F00", "#56B4E9", "#009E73"
BLUE, VERMILION, PURPLE = "#0072B2", "#D55E00", "#CC79A7"
YELLOW = "#F0E442"  # of the query's star alone, which has a dark rim

CLUSTER_COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION)
CLUSTER_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "hexagon")

CLUSTER_GLYPHS = "●■◆▲✚⬢"  # the same shapes as text

CONTEXT = "rgba(128, 132, 145, 0.38)"
NEUTRAL = "#8A8D98"
RAISES, LOWERS = BLUE, VERMILION
CLEAR = "rgba(0, 0, 0, 0)"


def cluster_colour(cluster: int) -> str:
    """Return a cluster's colour, the same everywhere."""
    return CLUSTER_COLOURS[cluster % len(CLUSTER_COLOURS)]


def cluster_symbol(cluster: int) -> str:
    """Return a cluster's marker: with the colour it is unique among 36 clusters in a row."""
    return CLUSTER_SYMBOLS[cluster // len(CLUSTER_COLOURS) % len(CLUSTER_SYMBOLS)]


def cluster_glyph(cluster: int) -> str:
    """Return a cluster's marker as a character, to be set in its colour."""
    return CLUSTER_GLYPHS[cluster // len(CLUSTER_COLOURS) % len(CLUSTER_GLYPHS)]
