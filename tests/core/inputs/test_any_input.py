"""Whatever a file holds, it is read as written, or refused in a line."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mmrec_core.bundle import layout
from mmrec_core.bundle.manifest import read_manifest
from mmrec_core.config import read_toml
from mmrec_core.errors import MmrecError
from mmrec_core.inputs.captions import read_captions
from mmrec_core.inputs.judgements import read_pairs
from mmrec_core.inputs.text import clean
from mmrec_core.recipes import configure

quickly = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def read_or_told(read: Callable[[Path], Any], path: Path, content: bytes) -> Any:
    """Return what is read, None where it is refused; a message is one line."""
    path.write_bytes(content)
    try:
        return read(path)
    except MmrecError as error:
        told = str(error)
    assert told
    assert "\n" not in told
    return None


def as_csv(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


WRITTEN = {
    ".csv": as_csv,
    ".json": lambda rows: json.dumps(rows).encode(),
    ".jsonl": lambda rows: "\n".join(map(json.dumps, rows)).encode(),
}


@quickly
@given(texts=st.lists(TEXTS, min_size=1, max_size=5), ending=st.sampled_from(sorted(WRITTEN)))
def test_captions_are_read_as_written_in_every_format(
    tmp_path: Path, texts: list[str], ending: str
):
    rows = [{"image": f"{i}.png", "text": text} for i, text in enumerate(texts)]
    found = read_or_told(read_captions, tmp_path / f"captions{ending}", WRITTEN[ending](rows))
    assert found["text"].tolist() == [clean(text) for text in texts]


@quickly
@given(content=st.binary() | TEXTS.map(str.encode), ending=st.sampled_from([*WRITTEN, ".parquet"]))
def test_any_bytes_are_captions_or_told_in_a_line(tmp_path: Path, content: bytes, ending: str):
    read_or_told(read_captions, tmp_path / f"captions{ending}", content)


@quickly
@given(rows=st.lists(st.dictionaries(st.sampled_from(["image", "text", " text", ""]), JSON)))
def test_any_json_is_captions_or_told_in_a_line(tmp_path: Path, rows: list[dict[str, Any]]):
    lines = "\n".join(json.dumps(row) for row in rows).encode()
    read_or_told(read_captions, tmp_path / "captions.jsonl", lines)


@quickly
@given(rows=st.lists(st.lists(TEXTS | st.sampled_from(["0", "1", "target"]), max_size=4)))
def test_any_csv_is_pairs_or_told_in_a_line(tmp_path: Path, rows: list[list[str]]):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["query", "candidate", "target"], *rows])
    pairs = read_or_told(lambda p: read_pairs(p)[0], tmp_path / "p.csv", out.getvalue().encode())
    assert pairs is None or set(pairs["relevance"]) <= {0, 1}


@quickly
@given(
    name=st.sampled_from(["seed", "images", "recipe", "notes", "clusters", "captions", "x.y"]),
    value=JSON,
    more=TEXTS,
)
def test_any_toml_is_options_or_told_in_a_line(tmp_path: Path, name: str, value: Any, more: str):
    text = f'images = "photos"\nout = "o"\n{name} = {json.dumps(value)}\n'
    for content in (text, text + more):
        read_or_told(configure, tmp_path / "options.toml", content.encode())


def test_a_number_of_too_many_digits_is_told_without_python_s_advice(tmp_path: Path):
    path = tmp_path / "options.toml"
    path.write_text(f"seed = {'9' * 5_000}")
    with pytest.raises(MmrecError, match=r"\(a number has too many digits\): correct it"):
        read_toml(path)


@quickly
@given(path=st.lists(st.integers(0, 50), max_size=4), value=JSON, removed=st.booleans())
def test_any_manifest_is_read_or_told_in_a_line(
    tmp_path: Path, demo_bundle: Path, path: list[int], value: Any, removed: bool
):
    manifest = json.loads((demo_bundle / layout.MANIFEST).read_text())
    node: Any = manifest
    parent, key = node, "counts"
    for place in path:
        if not (isinstance(node, dict | list) and node):
            break
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        parent, key = node, keys[place % len(keys)]
        node = parent[key]
    if removed:
        del parent[key]
    else:
        parent[key] = value
    content = json.dumps(manifest).encode()
    found = read_or_told(lambda p: read_manifest(p.parent), tmp_path / layout.MANIFEST, content)
    assert found is None or len(found.digest) == 64
