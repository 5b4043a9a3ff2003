"""Every name that the core gives has words, in both languages."""

import ast
from pathlib import Path

import pytest

import mmrec_core
from mmrec_app.home import PAGE_FILES
from mmrec_app.i18n import translations
from mmrec_app.state import navigation
from mmrec_app.words import formats, told, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.bundle.build_record import built_metrics
from mmrec_core.config import BuildConfig
from mmrec_core.evaluation import slices
from mmrec_core.ranker.model import RANKERS
from mmrec_core.ranker.pair_features import FEATURES, NAMES, ROLES
from mmrec_core.ready_vectors.config import NOTE
from mmrec_core.ready_vectors.importing import KNOWN, NOT_KNOWN
from mmrec_core.recipes import RECIPES
from mmrec_core.reference.comparison_record import ALL, COSINES, DEFAULT, REFERENCE
from mmrec_core.reference.config import ImportConfig
from mmrec_core.reference.faults import FAULTS
from mmrec_core.reference.recipe import note_of
from mmrec_core.serving.attribution import STAGES

CORE = Path(mmrec_core.__file__).parent


def stages_of_all_recipes(tmp_path: Path) -> set[str]:
    """Return the names of all stages, an import's of either kind included."""
    (tmp_path / "clip_bert.json").write_text("{}")
    imported = [
        ImportConfig(source=tmp_path, out=tmp_path / "out", images=tmp_path, recipe=recipe)
        for recipe in ("default", "reference")
    ]
    build = BuildConfig(images=tmp_path, out=tmp_path / "out")
    lists = [RECIPES["import"].stages(config) for config in imported]
    lists += [recipe.stages(build) for name, recipe in RECIPES.items() if name != "import"]
    return {stage.name for stages in lists for stage in stages}


def stages_of_problems() -> set[str]:
    """Return the stages that the core's code blames for a problem: ``Problem(_, stage, _)``."""
    return {
        call.args[1].value
        for path in CORE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") == "Problem"
        and len(call.args) > 1
        and isinstance(call.args[1], ast.Constant)
    }


def test_every_name_of_the_core_has_words(tmp_path: Path) -> None:
    assert set(vocabulary.FEATURES) == set(vocabulary.FEATURE_NAMES) == set(NAMES)
    assert set(vocabulary.ROLES) == set(ROLES) == {feature.role for feature in FEATURES}
    assert set(vocabulary.RANKERS) == set(RANKERS)
    stages = stages_of_all_recipes(tmp_path)
    assert {"map", "reference ranker", "published ranker"} <= stages
    assert set(vocabulary.BUILD_STAGES) == stages | stages_of_problems()
    assert set(vocabulary.RELEVANT_STAGES) == set(STAGES)
    assert set(vocabulary.SLICE_KINDS) == set(slices.KINDS)
    assert set(vocabulary.RECIPES) == {REFERENCE, ALL, DEFAULT, COSINES}
    assert set(vocabulary.FAULTS) == set(FAULTS)
    assert {path.stem for path in PAGE_FILES.glob("*.py")} == set(navigation.PAGES)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_words_differ_from_name_to_name(language: str) -> None:
    """No two names of a kind read the same, so that a table of them can be read."""
    read = translations(language).gettext
    for kind in (
        [words.name for words in vocabulary.RANKERS.values()],
        [words.name for words in vocabulary.ROLES.values()],
        *([words[part] for words in vocabulary.ROLES.values()] for part in (1, 2, 3)),
        list(vocabulary.FEATURES.values()),
        list(vocabulary.FEATURE_NAMES.values()),
        list(vocabulary.BUILD_STAGES.values()),
        list(vocabulary.FAULTS.values()),
    ):
        texts = [read(text) for text in kind]
        assert all(texts)
        assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("language", "written"), [("en", "1,234,567"), ("ru", "1\u202f234\u202f567")]
)
def test_thousands_stand_apart_as_the_language_has_it(language, written, monkeypatch) -> None:
    monkeypatch.setattr(formats, "language", lambda: language)
    assert formats.whole(1_234_567) == written
    assert formats.whole(538) == "538"


def test_what_mmrec_writes_into_a_bundle_is_said_in_both_languages(demo: Bundle) -> None:
    built, encoders = built_metrics(demo), demo.manifest.encoders
    said = [*demo.manifest.notes, encoders.image_text.description, encoders.text.description]
    said += [KNOWN, NOT_KNOWN, NOTE.format(files="a.npy, b.npy")]
    said += [note_of([]), note_of(["cls_pooling"]), note_of(list(FAULTS)), built.split]
    for text in said:
        found = told.known(text)
        assert found, text
        assert all(told.known(part) for name, part in found[1].items() if name == "rest")
    assert told.known("What I brought home from my journeys.") is None
