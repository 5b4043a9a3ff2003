"""Cost against the number of images, from benchmarks/results: `python -m benchmarks.plot_scale`.

Writes docs/scale.svg; short bars are bounds. Text and axes take the colour of the reader's scheme.
"""

import json
from pathlib import Path

import matplotlib as mpl

mpl.use("svg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter

RESULTS = Path(__file__).parent / "results"
OUT = Path(__file__).parents[1] / "docs" / "scale.svg"
INK = "#010203"  # stands for the scheme's own colour, which matplotlib does not know
STYLE = (
    "<style>svg{color:#1f2328}"
    "@media (prefers-color-scheme:dark){svg{color:#e6edf3}}text{font-family:sans-serif}</style>"
)
COLOURS = ("#0f8b8d", "#d9792b", "#8a6fd1")

# title, unit, and the lines in it: the name of a line of the results, a part of it, and its words.
PANELS = (
    (
        "query",
        "ms",
        (
            ("query-600", None, "600 candidates"),
            ("query-2000", None, "2,000 candidates"),
            ("query-2000", "limit", "reading all vectors once"),
        ),
    ),
    (
        "search",
        "ms",
        (
            ("search-text", "milliseconds", "a text"),
            ("search-blend", "milliseconds", "a text and a picture"),
            ("search-text", "faiss' milliseconds", "faiss, flat fp16"),
        ),
    ),
    (
        "upload and explanation",
        "ms",
        (
            ("upload", None, "an upload after encoding"),
            ("contributions", None, "contributions of 10 results"),
        ),
    ),
    ("cold process to the first answer", "s", (("cold", None, ""),)),
    ("private memory of a serving process", "MB", (("memory", None, ""),)),
    (
        "build from given vectors",
        "",
        (("build", None, "minutes"), ("build-memory", None, "GiB at most")),
    ),
)


def draw(results: list[dict], out: Path) -> None:
    """Draw the results of some collections, ordered by size, into an SVG file."""
    settings = {
        "svg.fonttype": "none",
        "svg.hashsalt": "mmrec",
        "font.size": 9,
        **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor"), INK),
        **dict.fromkeys(("xtick.color", "ytick.color"), INK),
    }
    with mpl.rc_context(settings):
        drawn, axes = plt.subplots(2, 3, figsize=(10.5, 6), layout="constrained")
        for axis, (title, unit, lines) in zip(axes.flat, PANELS, strict=True):
            _draw(axis, results, title, unit, lines)
        drawn.savefig(out, transparent=True, metadata={"Date": None})
        plt.close(drawn)
    text = out.read_text("utf-8").replace(INK, "currentColor")
    head, rest = text.split("<defs>", 1)
    out.write_text(f"{head}{STYLE}<defs>{rest}", "utf-8")


def main() -> None:
    files = sorted(RESULTS.glob("[0-9]*.json"), key=lambda file: int(file.stem))
    draw([json.loads(file.read_text("utf-8")) for file in files], OUT)
    print(f"{OUT} written, of {', '.join(file.name for file in files)}.")


def _draw(
    axis: Axes,
    results: list[dict],
    title: str,
    unit: str,
    lines: tuple[tuple[str, str | None, str], ...],
) -> None:
    for colour, (name, part, words) in zip(COLOURS, lines, strict=False):
        points = [(each["images"], _value(each, name, part)) for each in results]
        known = [(images, value) for images, value in points if value]
        if known:
            style = {"linestyle": ":"} if part == "limit" else {"marker": "o", "markersize": 4}
            axis.plot(*zip(*known, strict=True), color=colour, label=words or None, **style)
        bounds = [(each["images"], _bound(each, name)) for each in results] if not part else []
        for images, bound in bounds:
            if bound:
                axis.plot(images, bound, color=colour, marker="_", markersize=14)
    axis.set(xscale="log", yscale="log", title=f"{title}, {unit}" if unit else title)
    axis.set_xlabel("images")
    axis.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axis.yaxis.set_major_formatter(lambda value, _: f"{value:,g}")
    axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.yaxis.set_minor_formatter(NullFormatter())
    axis.grid(which="major", color=INK, alpha=0.15)
    axis.spines[["top", "right"]].set_visible(False)
    if any(words for _, _, words in lines):
        axis.legend(frameon=False, fontsize=8)


def _bound(result: dict, name: str) -> float | None:
    line = next((line for line in result["lines"] if line["name"] == name), None)
    exact = line is not None and result["images"] == result["bounds_at"]
    return line["bound"]["median"] if exact else None


def _value(result: dict, name: str, part: str | None) -> float | None:
    line = next((line for line in result["lines"] if line["name"] == name), None)
    if line is None:
        return None
    if part is None:
        return line["median"]
    return line["limit"] if part == "limit" else line["parts"].get(part)


if __name__ == "__main__":
    main()
