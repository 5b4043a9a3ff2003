"""What was measured, as a table for people and as JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import mmrec_core
from mmrec_core.measuring.figures import Figure, nearest_size
from mmrec_core.measuring.machine import Machine
from mmrec_core.serving.answer_json import finite


def table(figures: Sequence[Figure], images: int) -> list[str]:
    """Return the lines of a table: what, how much, the bound, whether it is kept; then details."""
    rows = [("", "median / p95", f"bound at {nearest_size(images):,}", "")]
    for each in figures:
        verdict = "pass" if each.passes(images) else "miss"
        rows.append((each.line.title, _measured(each), str(each.bound(images)), verdict))
    what, measured, bound, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
    lines = [
        f"{row[0]:{what}}  {row[1]:>{measured}}  {row[2]:{bound}}  {row[3]}".rstrip()
        for row in rows
    ]
    for place, each in reversed(list(enumerate(figures, start=1))):
        lines[place + 1 : place + 1] = [f"    {detail}" for detail in _details(each)]
    return lines


def as_json(
    figures: Sequence[Figure], images: int, seed: int, map: str, machine: Machine
) -> dict[str, Any]:
    """Return the results in their stable form; fields may be added, never taken away."""
    measured = {
        "images": images,
        "seed": seed,
        "map": map,
        "bounds_at": nearest_size(images),
        "version": mmrec_core.__version__,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": asdict(machine),
        "lines": [
            {
                "name": each.line.name,
                "title": each.line.title,
                "unit": each.line.unit,
                "median": each.median,
                "p95": each.p95,
                "samples": each.samples,
                "bound": asdict(each.bound(images)),
                "passes": each.passes(images),
                "limit": each.limit,
                "peers": each.peers,
                "parts": each.parts,
                "note": each.note,
            }
            for each in figures
        ],
    }
    return finite(measured)


def _measured(each: Figure) -> str:
    both = [each.median] if each.p95 is None else [each.median, each.p95]
    return f"{' / '.join(_number(value) for value in both)} {each.line.unit}".strip()


def _details(each: Figure) -> Iterator[str]:
    if each.parts:
        yield ", ".join(f"{name} {_number(value)}" for name, value in each.parts.items())
    if each.peers:
        yield ", ".join(f"{_number(ratio)} × {peer}" for peer, ratio in each.peers.items())
    if each.limit is not None:
        yield f"the machine's limit: {_number(each.limit)} {each.line.unit}"
    if each.note:
        yield each.note


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
