"""What `differences` gives, as lines for the terminal."""

from collections.abc import Sequence

from mmrec_core.bundle.manifest import Manifest
from mmrec_core.differences.compare import Differences
from mmrec_core.differences.figures import AUC, MRR, PairedFigure
from mmrec_core.differences.queries import both_ends
from mmrec_core.evaluation.bootstrap import Estimate
from mmrec_core.evaluation.metrics import CUTOFF
from mmrec_core.evaluation.slices import FEW

MOST_SLICES = 8


def summary(compared: Differences, top: int) -> list[str]:
    """Return the comparison as lines, with the ``top`` queries that moved most either way."""
    matching = compared.matching
    lines = [
        *(
            f"{side}  {bundle.name}  ({bundle.digest[:12]}, recipe {bundle.manifest.recipe})"
            for side, bundle in (("A", compared.a), ("B", compared.b))
        ),
        f"{matching.images:,} images and {len(matching.queries):,} held-out queries of both, "
        f"{compared.queries_with_relevant:,} of them with a relevant candidate in A or B. "
        f"Relevance by {_source(compared)} of {compared.relevance.upper()}.",
        *(f"Note: {warning}" for warning in warnings(compared)),
        "",
        *_figure_lines(compared.figures),
        "",
        *_slice_lines(compared),
        "",
        *_query_lines(compared, top),
    ]
    return lines


def warnings(compared: Differences) -> list[str]:
    """Return what to know before one believes the figures, a sentence each."""
    a, b, matching, pools = compared.a, compared.b, compared.matching, compared.pools
    said = []
    if a.digest == b.digest:
        said.append("A and B are the same build.")
    changed = settings_that_differ(a.manifest, b.manifest)
    if changed:
        listed = "; ".join(f"{name} {x} in A, {y} in B" for name, (x, y) in changed.items())
        said.append(f"the builds differ: {listed}.")
    if matching.only_a or matching.only_b:
        said.append(
            f"images that only one has are left out: {matching.only_a:,} of A, "
            f"{matching.only_b:,} of B."
        )
    if matching.redrawn:
        said.append(
            f"{matching.redrawn:,} images of both have another picture under the same name."
        )
    if matching.queries_only_a or matching.queries_only_b:
        said.append(
            "queries that only one holds out are left out: "
            f"{matching.queries_only_a:,} of A, {matching.queries_only_b:,} of B."
        )
    if pools.overlap < 1:
        said.append(
            f"the candidates differ: {pools.size_a:.1f} a query in A, {pools.size_b:.1f} in B, "
            f"{pools.overlap:.0%} of their union in both. Figures are over the union; what a "
            "system lacks of it counts as missed."
        )
    for side, names in (("A", compared.rankers_only_a), ("B", compared.rankers_only_b)):
        if names:
            said.append(f"only {side} has the ranker {', '.join(names)}.")
    return said


def metric_title(metric: str) -> str:
    """Return how a metric is spelt in a sentence."""
    return metric.upper() if metric in (AUC, MRR) else metric.replace("ndcg", "nDCG")


def cell(figure: Estimate, signed: bool = False) -> str:
    """Return a figure with its interval."""
    if figure["value"] is None:
        return "not defined"
    form = "+.3f" if signed else ".3f"
    return f"{figure['value']:{form}} [{figure['low']:{form}}, {figure['high']:{form}}]"


def _source(compared: Differences) -> str:
    bundle = compared.a if compared.relevance == "a" else compared.b
    return "the labels" if bundle.manifest.relevance == "labels" else "the judged pairs"


def settings_that_differ(a: Manifest, b: Manifest) -> dict[str, tuple[str, str]]:
    """Return the settings of the builds that differ, with the value in A and in B."""
    pairs = {
        "image encoder": (a.encoders.image_text.name, b.encoders.image_text.name),
        "text encoder": (a.encoders.text.name, b.encoders.text.name),
        "recipe": (a.recipe, b.recipe),
        "candidates by": (_candidates(a), _candidates(b)),
        "images with text": (f"{a.counts.with_text:,}", f"{b.counts.with_text:,}"),
        "relevance by": (str(a.relevance), str(b.relevance)),
        "seed": (str(a.seed), str(b.seed)),
    }
    return {name: (x, y) for name, (x, y) in pairs.items() if x != y}


def _candidates(manifest: Manifest) -> str:
    settings = manifest.candidates
    if settings.method == "exact":
        return f"exact search ({settings.exact_size})"
    return f"nearest clusters ({settings.nearest_clusters})"


def _figure_lines(figures: Sequence[PairedFigure]) -> list[str]:
    lines = [
        f"{'':6} {'':9} {'A':22} {'B':22} {'B − A':25} {'better':>6} {'equal':>6} {'worse':>6} "
        f"{'sign test':>9}"
    ]
    ranker = ""
    for figure in figures:
        name = figure.ranker if figure.ranker != ranker else ""
        ranker = figure.ranker
        counts = "".join(
            f" {'' if count is None else count:>6}"
            for count in (figure.better, figure.equal, figure.worse)
        )
        p_value = "" if figure.p_value is None else _p_value(figure.p_value)
        lines.append(
            f"{name:6} {metric_title(figure.metric):9} {cell(figure.a):22} {cell(figure.b):22} "
            f"{cell(figure.difference, signed=True):25}{counts} {p_value:>9}".rstrip()
        )
    return lines


def _p_value(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _slice_lines(compared: Differences) -> list[str]:
    slices = compared.slices
    what = f"{metric_title(compared.metric)} of {compared.ranker}, B − A"
    table = slices.table[(slices.table["difference"] != 0).to_numpy()]
    if not len(table):
        return [f"{what}: no slice of at least {FEW} queries differs."]
    lines = [
        f"{what}, by slice of A. Of {len(slices.table)} slices the interval of {slices.beyond} "
        f"leaves 0 out; {slices.by_chance:.0f} would by chance, so take one alone as a hint."
    ]
    for row in table.head(MOST_SLICES).to_dict("records"):
        difference = Estimate(value=row["difference"], low=row["low"], high=row["high"])
        lines.append(
            f"  {cell(difference, signed=True):26} {row['kind'] + ': ' + row['value']:40} "
            f"{row['queries']} queries"
        )
    return lines


def _query_lines(compared: Differences, top: int) -> list[str]:
    what = f"{metric_title(compared.metric)} of {compared.ranker}"
    ends = dict(zip(("worse", "better"), both_ends(compared.queries), strict=True))
    if not any(map(len, ends.values())):
        return [f"No query moved by {what}."]
    lines = []
    for how, rows in ends.items():
        shown = rows.head(top)
        lines += [
            f"Queries that got {how} by {what}: {len(rows):,}. Shown: the {len(shown)} that moved "
            f"most; overlap of the first {CUTOFF}:",
            f"  {'A':>6} {'B':>6} {'B − A':>7} {'overlap':>8}  query",
            *(
                f"  {row.a:6.3f} {row.b:6.3f} {row.difference:+7.3f} {row.overlap:8.2f}  "
                f"{row.image}"
                for row in shown.itertuples()
            ),
        ]
    return lines
