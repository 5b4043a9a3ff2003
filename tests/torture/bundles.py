"""Bundles that are damaged, or made by somebody who means harm: each answers, or says one line."""

import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd

from mmrec_core.bundle import layout, open_bundle, verify_bundle
from mmrec_core.bundle.build_record import stage_seconds
from mmrec_core.bundle.growth import growth_of
from mmrec_core.errors import MmrecError
from mmrec_core.evaluation.scored_pairs import scored_pairs
from mmrec_core.files import link_tree, sha256
from mmrec_core.serving.answer_json import bundle_as_json, recommendation_as_json
from mmrec_core.serving.answers import Query
from mmrec_core.serving.recommender import Recommender
from mmrec_core.stories.bundled import bundled_story
from tests.torture import small
from tests.torture.children import GIB, Child, Fell, one_line
from tests.torture.mutation import mutated
from tests.torture.trials import End, Trial

SECONDS = 60
PRELOAD = (__name__,)
_MEMORY = 4 * GIB
_ODD: tuple[Any, ...] = (
    *(
        None,
        True,
        -1,
        0,
        1e308,
        10**18,
        10**400,
        float("nan"),
        "",
        "x" * 10_000,
        "../x",
        "a\0b",
        "\udcff",
    ),
    *([], {}, [[]], {"a": {}}, [None] * 1_000, "<script>", "٣", [1, "x"]),
)


def trials(seed: int, count: int, folder: Path) -> Iterator[Trial]:
    """Yield a trial for each bundle, made of a small one with a story."""
    whole = small.build(small.write_images(folder / "images"), folder / "bundle")
    with Child(_MEMORY, PRELOAD) as child:
        expected, fault = child.call(opened_and_asked, whole, seconds=SECONDS)
        if fault or child.call(verified, whole, seconds=SECONDS):
            raise RuntimeError(f"the whole bundle: {fault}")
        for number in range(count):
            chance, hurt = Random(f"{seed} {number}"), folder / f"hurt {number}"
            link_tree(whole, hurt)
            kind = chance.choices(list(KINDS), (20, 25, 20, 15, 12, 8))[0]
            try:
                what = KINDS[kind](chance, hurt)
                yield _tried(f"{seed}/{number} {kind} {what}", kind, child, hurt, expected)
            finally:
                shutil.rmtree(hurt)


def _tried(what: str, kind: str, child: Child, folder: Path, expected: Any) -> Trial:
    try:
        found, error = child.call(opened_and_asked, folder, seconds=SECONDS)
        faults = child.call(verified, folder, seconds=SECONDS)
    except Fell as fell:
        return Trial(what, fell.end, fell.why)
    for line in [error] if error else faults:
        if not one_line(line):
            return Trial(what, End.WRONG, f"the line {line[:300]!r}")
    if error:
        return Trial(what, End.REPORTED, error)
    if kind == "damage" and found != expected and not faults:
        return Trial(what, End.WRONG, "other answers, and verify finds nothing")
    return Trial(what, End.REPORTED if faults else End.RIGHT, "; ".join(faults)[:300])


def opened_and_asked(folder: Path) -> tuple[Any, str | None]:
    """Return what a bundle answers to some queries, or the message."""
    try:
        return _answers(folder), None
    except MmrecError as error:
        return None, str(error)


def _answers(folder: Path) -> Any:
    bundle = open_bundle(folder)
    for name in (
        "items",
        "pairs",
        "cross_fitted",
        "cluster_words",
        "cluster_sizes",
        "metrics",
        "report",
        "source",
        "story",
        "compares_captions",
    ):
        getattr(bundle, name)
    stage_seconds(folder)
    growth_of(bundle)
    for language in ("en", "ru"):
        bundled_story(bundle, language)
    recommender = Recommender(bundle)
    answers = []
    for row in (0, len(bundle.items) - 1):
        query = Query(bundle.image(row))
        for ranker in recommender.rankers_for(query):
            answer = recommender.recommend(query, k=5, ranker=ranker, collapse=0.9, diversity=0.2)
            content = recommendation_as_json(answer)
            answers.append([content["ranker"], content["results"], content["threshold"]])
    scored_pairs(recommender)
    json.dumps(bundle_as_json(bundle))
    return answers


def verified(folder: Path) -> list[str]:
    """Return what `mmrec verify` says of a bundle."""
    try:
        return [line[:2_000] for line in verify_bundle(folder)][:20]
    except MmrecError as error:
        return [str(error)]


def _damage(chance: Random, folder: Path) -> str:
    """Damage any file as a disk does: no checksum fits."""
    name, path = _any_file(chance, folder)
    done, content = mutated(chance, path.read_bytes() or b"\0", b"another file" * 100)
    _write(path, content)
    return f"{name} {done}"


def _fitted_damage(chance: Random, folder: Path) -> str:
    """Damage a file so that its checksum fits; who signs a ranker is trusted, so none of these."""
    name, path = _any_file(chance, folder, but=(".cbm",))
    done, content = mutated(chance, path.read_bytes() or b"\0", b"another file" * 100)
    _put(folder, name, content)
    return f"{name} {done}"


def _other_json(chance: Random, folder: Path) -> str:
    """Put odd values into the manifest or another JSON file."""
    name, path = _any_file(chance, folder, only=(".json",), weigh=(layout.MANIFEST,) * 4)
    value = json.loads(path.read_text("utf-8"))
    where = _alter(chance, value)
    with suppress(ValueError):  # numbers that JSON has no place for
        _put(folder, name, json.dumps(value).encode("utf-8", "surrogatepass"))
    return f"{name} at {where}"


def _alter(chance: Random, value: Any) -> str:
    path, node = [], value
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return f"{path}, which is empty"
        key = chance.choice(keys)
        path.append(key)
        deeper = node[key]
        if isinstance(deeper, dict | list) and deeper and chance.random() < 0.8:
            node = deeper
            continue
        if chance.random() < 0.25:
            del node[key]
            return f"{path}, removed"
        node[key] = chance.choice(_ODD)
        return f"{path}, {str(node[key])[:30]!r}"


def _other_array(chance: Random, folder: Path) -> str:
    """Put another array into an array's place, or another header before its numbers."""
    name, path = _any_file(chance, folder, only=(".npy",))
    array = np.load(path)
    done = chance.choice(("value", "header", "type", "shape", "order", "object"))
    if done == "value" and array.size:
        array = array.copy()
        odd = (np.nan, np.inf, -np.inf, 1e30, -1, 10**6, 2**31 - 1)
        with np.errstate(all="ignore"), suppress(OverflowError, ValueError):
            array.reshape(-1)[chance.randrange(array.size)] = chance.choice(odd)
    elif done == "header":
        shape = chance.choice(
            ("(-53, 2)", "(9e9, 2)", "(1000000000000, 2)", "()", "(0,)", "('a',)")
        )
        head, _, body = path.read_bytes().partition(b"\n")
        _put(folder, name, head.replace(str(array.shape).encode(), shape.encode()) + b"\n" + body)
        return f"{name} {done} {shape}"
    elif done == "type":
        with np.errstate(all="ignore"):
            array = array.astype(chance.choice(("int8", "int64", "float64", "complex64", "bool")))
    elif done == "shape":
        array = chance.choice(
            (array[:-1], array[..., :1], array[None], array.reshape(-1), array[:0])
        )
    elif done == "order":
        array = np.asfortranarray(array)
    else:
        array = np.array([{}, []], dtype=object)
    out = io.BytesIO()
    np.save(out, array)
    _put(folder, name, out.getvalue())
    return f"{name} {done}"


def _other_table(chance: Random, folder: Path) -> str:
    """Put odd cells, columns or rows into a table."""
    name, path = _any_file(chance, folder, only=(".parquet",))
    table = pd.read_parquet(path)
    column = chance.choice(list(table.columns))
    done = chance.choice(("dropped", "constant", "cell", "rows", "lists", "type"))
    if done == "dropped":
        table = table.drop(columns=column)
    elif done == "constant":
        odd = (None, "a.png", "../../x", "a\0", -1, 10**9, float("nan"), b"\xff", True, "x" * 9_000)
        table = table.assign(**{column: [chance.choice(odd)] * len(table)})
    elif done == "cell":
        cells = table[column].astype(object).tolist()
        cells[chance.randrange(len(cells))] = chance.choice((None, -1, 10**7, "x", float("inf")))
        table = table.assign(**{column: pd.Series(cells)})
    elif done == "rows":
        table = chance.choice((table[:0], table[1:], pd.concat([table, table]), table[::-1]))
    elif done == "lists":
        table = table.assign(**{column: [[1, 2]] * len(table)})
    else:
        with suppress(ValueError, TypeError):
            table = table.assign(
                **{column: table[column].astype(chance.choice(("str", "float", "category")))}
            )
    out = io.BytesIO()
    try:
        table.to_parquet(out, index=False)
    except Exception as refused:  # Arrow writes no such mixture
        return f"{name} as it was ({type(refused).__name__})"
    _put(folder, name, out.getvalue())
    return f"{name} {column} {done}"


def _other_kind(chance: Random, folder: Path) -> str:
    """Put something that is no plain file of the folder in a file's place."""
    name, path = _any_file(chance, folder)
    done = chance.choice(
        ("gone", "empty", "pipe", "folder", "loop", "outside", "device", "another")
    )
    path.unlink()
    if done == "empty":
        path.touch()
    elif done == "pipe":
        os.mkfifo(path)
    elif done == "folder":
        path.mkdir()
    elif done == "loop":
        path.symlink_to(path)
    elif done == "outside":
        path.symlink_to("/etc/passwd")
    elif done == "device":
        path.symlink_to("/dev/zero")
    elif done == "another":
        others = [
            file for file in folder.rglob("*") if file.is_file() and file.suffix == path.suffix
        ]
        if others:
            _put(folder, name, chance.choice(others).read_bytes())
    return f"{name} {done}"


KINDS: dict[str, Callable[[Random, Path], str]] = {
    "damage": _damage,
    "fitted damage": _fitted_damage,
    "JSON": _other_json,
    "array": _other_array,
    "table": _other_table,
    "kind of file": _other_kind,
}
"""What is done to a bundle, by its name."""


def _any_file(
    chance: Random,
    folder: Path,
    *,
    only: tuple[str, ...] = (),
    but: tuple[str, ...] = (),
    weigh: tuple[str, ...] = (),
) -> tuple[str, Path]:
    listed = json.loads((folder / layout.MANIFEST).read_text("utf-8"))["files"]
    names = [layout.MANIFEST, layout.TIMINGS, *listed, layout.thumbnail_name(0), *weigh]
    fitting = [
        name
        for name in names
        if (not only or name.endswith(only)) and not name.endswith(but or "\0")
    ]
    name = chance.choice(fitting)
    return name, folder / name


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)  # the whole bundle shares it
    path.write_bytes(content)


def _put(folder: Path, name: str, content: bytes) -> None:
    """Write a file, and its size and checksum into the manifest."""
    _write(folder / name, content)
    if name == layout.MANIFEST:
        return
    manifest = json.loads((folder / layout.MANIFEST).read_text("utf-8"))
    if name in manifest["files"]:
        manifest["files"][name] = {"bytes": len(content), "sha256": sha256(folder / name)}
        _write(folder / layout.MANIFEST, json.dumps(manifest).encode())
