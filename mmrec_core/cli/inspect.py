"""The commands that look at a bundle: `mmrec info`, `verify`, `evaluate`."""

import re
import sys
from typing import Annotated

import typer

from mmrec_core.cli.options import AsJson, BundleFolder, Queries
from mmrec_core.cli.terminal import print_json, say
from mmrec_core.errors import BundleError


def info(bundle: BundleFolder, as_json: AsJson = False) -> None:
    """Show what a bundle is made of: counts, encoders, recipe, digest."""
    from mmrec_core.bundle import open_bundle
    from mmrec_core.bundle.growth import growth_of, in_words
    from mmrec_core.serving.answer_json import bundle_as_json
    from mmrec_core.vector_store.places import place_of

    opened = open_bundle(bundle)
    content, growth, place = bundle_as_json(opened), growth_of(opened), place_of(bundle)
    if as_json and opened.source:
        content["source"] = opened.source
    if as_json and growth:
        content["growth"] = growth.model_dump(mode="json") | {"refit_due": list(growth.reasons)}
    if as_json and place:
        content["store"] = place.store
    if as_json:
        return print_json(content)
    say(f"{opened.name}  ({opened.digest[:12]}, recipe {opened.manifest.recipe})")
    for key, value in content["counts"].items():
        print(f"  {key.replace('_', ' '):18}{value:>9,}")
    for spec in (opened.manifest.encoders.image_text, opened.manifest.encoders.text):
        say(f"  {spec.kind} encoder {spec.name}, {spec.dimension} dimensions: {spec.description}")
    if place:
        say(f"  vectors: queries read them from {place.store}")
    if opened.source:
        files = filter(None, opened.source.get("files", {}).values())
        say(f"  imported: {', '.join(map(str, files))}")
        for key, value in opened.source.get("pairs", {}).items():
            print(f"    pairs, {key.replace('_', ' '):22}{value:>11,}")
    for note in opened.manifest.notes:
        say(f"  {note}")
    for line in in_words(growth) if growth else []:
        say(f"  {line}")


def verify(
    bundle: BundleFolder,
    digest: Annotated[
        str | None,
        typer.Option(
            metavar="SHA256",
            help="the digest that the bundle must have, or how it begins (8 digits or more): "
            "checksums find damage, a digest from elsewhere finds a bundle that was exchanged",
        ),
    ] = None,
) -> None:
    """Check every file of a bundle against its checksum, and print the bundle's digest.

    Vectors in a database are compared with those of the bundle.
    """
    from mmrec_core.bundle import open_bundle, verify_bundle
    from mmrec_core.bundle.manifest import read_manifest
    from mmrec_core.vector_store.places import check_allowed, place_of

    if digest is not None and not re.fullmatch(r"[0-9a-f]{8,64}", digest.lower()):
        raise typer.BadParameter("--digest takes 8 to 64 hexadecimal digits")
    present = read_manifest(bundle).digest
    if digest is not None and not present.startswith(digest.lower()):
        raise BundleError(f"{bundle} is another bundle: its digest is {present}.")
    faults = list(verify_bundle(bundle))
    for fault in faults[:20]:
        say(fault, file=sys.stderr)
    if faults:
        raise BundleError(f"{bundle} is damaged (faults: {len(faults)}): build or copy it again.")
    opened, place, vectors = open_bundle(bundle), place_of(bundle), ""
    if place:
        from mmrec_core.collection.storing import check

        check_allowed(bundle, place.store)
        check(opened, place)
        vectors = f"; {place.store} holds the same vectors"
    files = len(opened.manifest.files)
    say(f"{bundle} is sound: {files} files and all thumbnails{vectors}. Digest {present}")


def evaluate(
    bundle: BundleFolder,
    k: Annotated[
        int, typer.Option("-k", min=1, help="also measure nDCG and recall at this cutoff")
    ] = 5,
    queries: Queries = None,
    as_json: AsJson = False,
) -> None:
    """Measure all rankers and the candidates on held-out queries, with intervals."""
    from mmrec_core.bundle import open_bundle
    from mmrec_core.evaluation.evaluate import evaluate_bundle, summary
    from mmrec_core.query_sets.builds import record_if_possible
    from mmrec_core.query_sets.choosing import named
    from mmrec_core.query_sets.members import check_any, members_of
    from mmrec_core.query_sets.store import QuerySets
    from mmrec_core.serving.recommender import Recommender
    from mmrec_core.verdicts.places import verdict_place

    recommender = Recommender(open_bundle(bundle))
    chosen = None
    if queries is not None:
        chosen = members_of(named(queries, QuerySets(verdict_place(bundle))), recommender.bundle)
        check_any(chosen)
    metrics = evaluate_bundle(recommender, k, None if chosen is None else chosen.rows)
    record_if_possible(bundle, recommender)
    if as_json:
        return print_json(metrics | ({"query_set": chosen.as_json} if chosen else {}))
    if chosen:
        say(chosen.sentence)
    print(summary(metrics))
