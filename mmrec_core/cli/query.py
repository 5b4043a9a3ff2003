"""The commands that rank: `mmrec recommend` for one query, `score` for given pairs."""

from pathlib import Path
from typing import Annotated

import typer

from mmrec_core.cli.options import AsJson, BundleFolder
from mmrec_core.cli.terminal import print_json, say
from mmrec_core.errors import InputError, QueryError


def recommend(
    bundle: BundleFolder,
    image: Annotated[str | None, typer.Option(help="an image of the bundle, by name")] = None,
    file: Annotated[Path | None, typer.Option(help="any image file")] = None,
    text: Annotated[
        str | None, typer.Option(help="the image's caption; alone, it is the query")
    ] = None,
    k: Annotated[int, typer.Option("-k", min=1, help="number of results")] = 5,
    ranker: Annotated[
        str | None,
        typer.Option(help="model, clip, bert or fused; default: the best that can answer"),
    ] = None,
    collapse: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="merge pictures whose cosine is this or more"),
    ] = None,
    diversity: Annotated[
        float, typer.Option(min=0, max=1, help="trade score for variety, from 0 to 1")
    ] = 0,
    explain: Annotated[
        str | None,
        typer.Option(help="regions, words, or regions,words: what of them adds up to the score"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Recommend images for an image of the bundle, any image file, or a text."""
    file = None if file == Path() else file
    if image and file:
        raise typer.BadParameter("give either --image or --file")
    if not (image or file or text):
        raise typer.BadParameter("give --image, --file or --text")
    from mmrec_core.bundle import open_bundle
    from mmrec_core.cli.parts_text import lines
    from mmrec_core.ranker.model import RANKERS
    from mmrec_core.serving.answer_json import recommendation_as_json
    from mmrec_core.serving.answers import Query
    from mmrec_core.serving.pair_explainer import PairExplainer
    from mmrec_core.serving.parts_json import kinds_in, parts_as_json
    from mmrec_core.serving.recommender import Recommender
    from mmrec_core.serving.scoring import load_query

    if ranker is not None and ranker not in RANKERS:
        raise typer.BadParameter(f"--ranker is {ranker!r}; expected one of {', '.join(RANKERS)}")
    try:
        kinds = kinds_in(explain) if explain else frozenset()
    except QueryError as error:
        raise typer.BadParameter(f"--{error}") from None
    query = load_query(file, text) if file else Query(image or None, text)
    recommender = Recommender(open_bundle(bundle))
    recommender.check_ranker(ranker, query)
    scored = recommender.score(query)
    answer = recommender.answer(scored, k=k, ranker=ranker, collapse=collapse, diversity=diversity)
    parts = []
    if kinds:
        explainer = PairExplainer(recommender)
        parts = [explainer.explain(query, scored, result) for result in answer.results]
    if as_json:
        said = [parts_as_json(each, kinds) for each in parts]
        return print_json(recommendation_as_json(answer, str(file) if file else None, said))
    name = f"{image or file}: " if image or file else ""
    say(f"{name}{answer.query.text or 'no caption'} (cluster {answer.query.cluster})")
    for place, result in enumerate(answer.results):
        chance = "" if result.probability is None else f"  p {result.probability:.2f}"
        say(f"{result.rank:3}  {result.score:8.3f}{chance}  {result.image}  {result.text or ''}")
        groups = [group for group in result.contributions.groups.items() if group[1]]
        shares = sorted(groups, key=lambda group: -abs(group[1]))
        print("     " + ", ".join(f"{role} {value:+.2f}" for role, value in shares))
        for line in lines(parts[place], kinds) if kinds else ():
            say(f"     {line}")


def score(
    bundle: BundleFolder,
    pairs: Annotated[Path, typer.Option(help="CSV: query image, candidate image, …")],
    out: Annotated[Path, typer.Option(help="CSV to write")],
) -> None:
    """Write each ranker's score and probability for given pairs, as CSV."""
    from mmrec_core.bundle import open_bundle
    from mmrec_core.inputs.judgements import check_known, read_pair_names
    from mmrec_core.serving.recommender import Recommender
    from mmrec_core.serving.score_table import score_table

    recommender = Recommender(open_bundle(bundle))
    table = read_pair_names(pairs)
    check_known(table, recommender.bundle.items["image"], pairs)
    try:
        score_table(recommender, table).to_csv(out, index=False)
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror or error}.") from None
    print(f"{len(table)} pairs scored, written to {out}.")
