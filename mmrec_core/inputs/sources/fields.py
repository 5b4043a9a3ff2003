"""Captions, labels and further fields that lie beside a picture under its name."""

import json
from collections.abc import Callable, Mapping

from mmrec_core.inputs.problem import Problem
from mmrec_core.inputs.sources.source import Said, SaidColumns
from mmrec_core.inputs.text import clean

TEXT_ENDINGS = ("txt", "text", "caption")
LABEL_ENDING = "cls"
FIELD_ENDING = "json"
ENDINGS = (*TEXT_ENDINGS, LABEL_ENDING, FIELD_ENDING)
"""Endings of files or members that say something of the picture of the same name."""


def said_by(
    contents: Mapping[str, bytes | str],
    columns: SaidColumns,
    report: Callable[[Problem], None],
    name: str,
) -> Said:
    """Return what the files beside one picture say.

    A text file's caption goes before that of the JSON file, a ``.cls`` file's label likewise.

    Parameters
    ----------
    contents : mapping of str to bytes or str
        From endings without their dot to the content, or to the reason why it cannot be used.
    columns : SaidColumns
        Names of fields in the JSON file.
    report : callable
        Takes what cannot be used.
    name : str
        The picture's.
    """
    said: Said = {}
    for ending in (FIELD_ENDING, LABEL_ENDING, *reversed(TEXT_ENDINGS)):
        if ending not in contents:
            continue
        try:
            text = _decoded(contents[ending])
            if ending == FIELD_ENDING:
                record = json.loads(text)
                if not isinstance(record, dict):
                    raise ValueError("no JSON object")
                said |= columns.of(record)
            elif value := clean(text):
                said["label" if ending == LABEL_ENDING else "text"] = value
        except (ValueError, RecursionError) as error:
            first = str(error).splitlines()[0][:120]
            report(Problem(name, "captions", f".{ending} is not used: {first}"))
    return said


def _decoded(content: bytes | str) -> str:
    if isinstance(content, str):
        raise ValueError(content)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None
