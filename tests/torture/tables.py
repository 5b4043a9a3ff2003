"""Captions, pairs, lists of queries and TOML files: whole, damaged by a seed, and hostile."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mmrec_core.errors import MmrecError
from mmrec_core.inputs.captions import read_captions
from mmrec_core.inputs.judgements import read_pairs
from mmrec_core.query_sets.files import read_queries
from mmrec_core.recipes import configure
from tests.torture.children import GIB, Child, Fell, one_line
from tests.torture.mutation import mutated
from tests.torture.trials import End, Trial

SECONDS = 10
PRELOAD = (__name__,)
_WORDS = (
    "a",
    "bird",
    "Птица",
    "鳥",
    "e\u0301",
    "=1+1",
    "'",
    '"',
    ",",
    "a\nb",
    "\x1b[31m",
    "\u202e",
    "🕊️",
    "x" * 300,
    "0",
    "-",
    "NaN",
    "\\",
    "<b>",
)
_ODD_CELLS = (
    '"\\ud800"',
    "1e999",
    "9" * 5_000,
    '"\\u0000"',
    "NaN",
    "[" * 3_000,
    '{"a": 1, "a": 2}',
    "true",
    "null",
    '{"a": [1]}',
    "-0",
    '"' + "x" * 3_000_000 + '"',
)
_ODD_NAMES = (
    "image",
    " image",
    "text",
    "text ",
    "label",
    "",
    "a\0b",
    "x" * 300,
    "cluster",
    "Image",
)


def trials(seed: int, count: int, folder: Path) -> Iterator[Trial]:
    """Yield a trial for each file: captions half of the time."""
    with Child(GIB, PRELOAD) as child:
        for number in range(count):
            chance = Random(f"{seed} {number}")
            kind = chance.choices(list(KINDS), (4, 2, 1, 1))[0]
            make, read = KINDS[kind]
            what, ending, data, expected = make(chance)
            if chance.random() < 0.6:
                done, data = mutated(chance, data or b"\0", make(chance)[2] or b"\0")
                what, expected = f"{what}, {done}", None
            path = folder / f"{number}{ending}"
            path.write_bytes(data)
            yield _tried(f"{seed}/{number} {kind} {what}", child, read, path, expected)
            path.unlink()


def _tried(
    what: str, child: Child, read: Callable[[Path], Any], path: Path, expected: Any
) -> Trial:
    try:
        found, error = child.call(read, path, seconds=SECONDS)
    except Fell as fell:
        return Trial(what, fell.end, fell.why)
    if error is not None:
        if not one_line(error):
            return Trial(what, End.WRONG, f"the message {error[:300]!r}")
        if expected is not None:
            return Trial(what, End.WRONG, f"refused: {error}")
        return Trial(what, End.REPORTED, error)
    if expected is not None and found != expected:
        return Trial(what, End.WRONG, f"read {found}, expected {expected}"[:500])
    return Trial(what, End.RIGHT)


def captions(path: Path) -> tuple[Any, str | None]:
    """Return what captions say of each image, or the message."""
    return _told(lambda: read_captions(path)[["image", "text"]].to_numpy().tolist())


def pairs(path: Path) -> tuple[Any, str | None]:
    """Return judged pairs, or the message."""
    return _told(lambda: read_pairs(path)[0].to_numpy().tolist())


def queries(path: Path) -> tuple[Any, str | None]:
    """Return names of queries, or the message."""
    return _told(lambda: list(read_queries(path)))


def options(path: Path) -> tuple[Any, str | None]:
    """Return whether a TOML file gives the options of a build, or the message."""
    return _told(lambda: bool(configure(path, out=path.parent / "out")))


def _told(read: Callable[[], Any]) -> tuple[Any, str | None]:
    try:
        return read(), None
    except MmrecError as error:
        return None, str(error)


Made = tuple[str, str, bytes, Any]
"""What a file is, its ending, its content, and what is read from it; None where that is open."""


def _made_captions(chance: Random) -> Made:
    if chance.random() < 0.3:
        return _odd_captions(chance)
    rows = [
        {"image": f"{number}.png", "text": _text(chance), "year": str(chance.randrange(3_000))}
        for number in range(chance.choice((1, 30, 1_500)))
    ]
    expected = [[row["image"], row["text"].strip() or None] for row in rows]
    ending = chance.choice((".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet"))
    encoding = chance.choice(("utf-8", "utf-8-sig", "utf-16"))
    if ending == ".parquet":
        return ending, ending, _parquet(pa.Table.from_pylist(rows)), expected
    if ending in (".csv", ".tsv"):
        text = _delimited([list(rows[0]), *map(lambda row: list(row.values()), rows)], ending)
    elif ending == ".json":
        text = json.dumps(rows, ensure_ascii=chance.random() < 0.5, indent=chance.choice((None, 1)))
    else:
        text = "\n".join(json.dumps(row, ensure_ascii=chance.random() < 0.5) for row in rows)
    return f"{ending} in {encoding}", ending, text.encode(encoding), expected


def _odd_captions(chance: Random) -> Made:
    names = [chance.choice(_ODD_NAMES) for _ in range(chance.choice((1, 2, 4)))]
    if chance.random() < 0.5:
        cells = (f"{json.dumps(name)}: {chance.choice(_ODD_CELLS)}" for name in names)
        line = "{" + ", ".join(cells) + "}"
        return "odd cells", chance.choice((".jsonl", ".json")), f"[{line}]".encode(), None
    if chance.random() < 0.5:
        text = _delimited([names, *([_text(chance) for _ in names] for _ in range(3))], ".csv")
        return "odd names", ".csv", text.encode("utf-8", "surrogatepass"), None
    values = [b"\xff", [1], {"a": 1}, 2**60, 1e300, True, None, "x", -1]
    columns = {name or "image": [chance.choice(values)] * 3 for name in names}
    return f"odd columns {list(columns)}", ".parquet", _parquet(pa.table(columns)), None


def _made_pairs(chance: Random) -> Made:
    count = chance.choice((1, 40))
    rows = [(f"{number}.png", f"{number + 1}.png", number % 2) for number in range(count)]
    header = chance.choice(
        (("query", "candidate", "target"), ("img_clip_1", "img_clip_2", "target"))
    )
    if chance.random() < 0.3:
        header = tuple(chance.choice((*header, "relevance", "", " target")) for _ in range(3))
        odd = [(_text(chance), _text(chance), chance.choice(("1", "0", "2", "1e9", "x", "")))] * 3
        return "odd", ".csv", _delimited([header, *odd], ".csv").encode(), None
    return (
        "whole",
        ".csv",
        _delimited([header, *rows], ".csv").encode(),
        [list(row) for row in rows],
    )


def _made_queries(chance: Random) -> Made:
    names = [f"картинка {number}.png" for number in range(chance.choice((1, 50)))]
    ending = chance.choice((".txt", ".csv", ".jsonl", ".parquet"))
    if ending == ".parquet":
        return ending, ending, _parquet(pa.table({"image": names})), names
    if ending == ".jsonl":
        text = "\n".join(json.dumps({"query": name}) for name in names)
    else:
        text = "\n".join(["image", *names] if ending == ".csv" else names)
    return ending, ending, text.encode(), names


def _made_options(chance: Random) -> Made:
    values = (
        "7",
        "-1",
        "9" * 5_000,
        "1e400",
        "nan",
        '"x"',
        "true",
        "[1]",
        "{a = 1}",
        '"a\\u0000"',
        "1979-05-27",
        '"' + "x" * 100_000 + '"',
        "[" * 2_000,
    )
    lines = ['images = "photos"', "seed = 7", 'map = "pca"']
    if chance.random() < 0.7:
        names = (
            "images",
            "seed",
            "recipe",
            "captions",
            "pairs",
            "name",
            "notes",
            "clusters",
            "encoders",
            "exact_size",
            "a.b",
            "trees",
            "without",
            "twins",
            "address",
        )
        lines += [f"{chance.choice(names)} = {chance.choice(values)}" for _ in range(2)]
        return "odd", ".toml", "\n".join(lines).encode(), None
    return "whole", ".toml", "\n".join(lines).encode(), True


def _text(chance: Random) -> str:
    return " ".join(chance.choice(_WORDS) for _ in range(chance.choice((0, 1, 5))))


def _delimited(rows: Any, ending: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter="\t" if ending == ".tsv" else ",").writerows(rows)
    return out.getvalue()


def _parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


KINDS: dict[str, tuple[Callable[[Random], Made], Callable[[Path], tuple[Any, str | None]]]] = {
    "captions": (_made_captions, captions),
    "pairs": (_made_pairs, pairs),
    "queries": (_made_queries, queries),
    "options": (_made_options, options),
}
"""How each kind of file is made, and read."""
