"""The story that explains a bundle's recommendations to a person who knows nothing of them."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np

from mmrec_core.collection.clusters import centroid_distances
from mmrec_core.collection.examples import examples
from mmrec_core.errors import BundleError, EncoderError
from mmrec_core.inputs.judgements import TRAIN
from mmrec_core.ranker.model import BERT, CLIP, FUSED, MODEL
from mmrec_core.serving.answers import Query, Recommendation
from mmrec_core.serving.pair_explainer import PairExplainer
from mmrec_core.serving.recommender import Recommender
from mmrec_core.stories.chosen_queries import FIRST, Chosen, chosen_queries
from mmrec_core.stories.embedding_rows import embedding_rows
from mmrec_core.stories.findings import lists_finding, picture_of, reasons_finding
from mmrec_core.stories.measured import figures_finding, verdict
from mmrec_core.stories.model import (
    Embedding,
    Embeddings,
    Finding,
    Link,
    Map,
    Pictures,
    Step,
    Story,
)
from mmrec_core.stories.words import number, percent, texts, whole

_COLLAPSE = 0.98
_COVER = 15  # pictures of the first step
_BESIDE_A_MAP = 4
_MOST_MARKED = 400


def introduction(recommender: Recommender, language: str = "en") -> Story:
    """Make the story of a bundle, some eight steps, of its own findings.

    Queries are chosen by what is measured (`mmrec_core.stories.chosen_queries`), and the steps say
    so. What a bundle lacks is left out: captions, a trained ranker, figures.

    Parameters
    ----------
    recommender : Recommender
        Of the bundle.
    language : str
        ``en`` or ``ru``; StoryError for another.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.serving.recommender import Recommender
    >>> from mmrec_core.stories.introduction import introduction
    >>> story = introduction(Recommender(open_bundle("artifacts/demo")))
    >>> story.name, len(story.steps), story.steps[-1].finding.kind
    ('How the recommender works', 9, 'figures')
    """
    told = _Told(recommender, language)
    return Story(name=told.texts["story"]["name"], language=language, steps=tuple(told.steps()))


class _Told:
    """One bundle's story in one language."""

    def __init__(self, recommender: Recommender, language: str):
        self.recommender, self.bundle, self.language = recommender, recommender.bundle, language
        self.texts = texts(language)
        self.chosen: Chosen = chosen_queries(recommender)
        self.query = Query(self.bundle.image(self.chosen.shown))
        self.scored = recommender.score(self.query)
        self._column = self.bundle.items.get(f"text_{language}")

    def steps(self) -> Iterator[Step]:
        yield self._collection()
        yield from self._embeddings("picture")
        yield from self._embeddings("caption")
        yield self._clusters()
        yield self._candidates()
        yield self._lists()
        yield from self._reasons()
        yield from self._errors()
        yield self._figures()

    def caption(self, row: int) -> str | None:
        own = None if self._column is None else self._column.iat[row]
        return str(own) if own else self.bundle.text(row)

    def _step(self, which: str, finding: Finding | None, link: Link | None, **values: Any) -> Step:
        said = self.texts["steps"][which]
        return Step(
            title=said["title"],
            text=said["text"].strip().format(**values),
            notes=said["notes"].strip().format(**values),
            finding=finding,
            link=link,
        )

    def _whole(self, value: int) -> str:
        return whole(value, self.language)

    def _number(self, value: float, digits: int = 2) -> str:
        return number(value, self.language, digits)

    def _of_query(self) -> Link:
        return Link(page="recommend", parameters={"image": str(self.query.image)})

    def _collection(self) -> Step:
        rows = [self.chosen.shown, *examples(self.bundle.items, _COVER)]
        rows = list(dict.fromkeys(rows))[:_COVER]
        shown = tuple(picture_of(self.bundle, row, self.caption) for row in rows)
        counts = self.bundle.manifest.counts
        return self._step(
            "collection",
            Pictures(pictures=shown),
            Link(page="browse", parameters={}),
            name=self.bundle.name,
            images=self._whole(counts.images),
            captioned=self._whole(counts.with_text),
            labelled=self._whole(counts.with_label),
        )

    def _embeddings(self, modality: str) -> Iterator[Step]:
        bundle, query = self.bundle, self.chosen.shown
        of_captions = modality == "caption"
        if of_captions and not bundle.compares_captions:
            return
        unit = self.recommender.collection.unit
        near = np.asarray(bundle.neighbours[query, int(of_captions)])
        own = bundle.text(query)
        same = np.array([of_captions and row >= 0 and bundle.text(row) == own for row in near])
        vectors = unit.bert_text if of_captions else unit.clip_image
        rows = embedding_rows(vectors, query, near, same)
        if rows is None:
            return
        pictures = [picture_of(bundle, row, self.caption) for row in rows.rows]
        if of_captions:
            pictures = [picture.model_copy(update={"image": ""}) for picture in pictures]
        finding = Embeddings(
            rows=tuple(
                Embedding(picture=picture, values=tuple(round(float(value), 2) for value in values))
                for picture, values in zip(pictures, rows.values, strict=True)
            )
        )
        yield self._step(
            modality,
            finding,
            self._of_query(),
            caption=(self.caption(query) or "—").rstrip(" ."),
            near=self._number(rows.near),
            far=self._number(rows.far),
            shown=rows.values.shape[1],
            dimension=self._whole(rows.dimension),
        )

    def _clusters(self) -> Step:
        bundle, cluster = self.bundle, int(self.bundle.cluster_of[self.chosen.shown])
        column = f"text_{self.language}"
        words = bundle.cluster_words.get(column, bundle.cluster_words["text"])[cluster][:4]
        members = np.flatnonzero(bundle.cluster_of == cluster)
        distances = centroid_distances(
            self.recommender.collection.unit.rows(members), bundle.centroids[[cluster]]
        )
        members = members[np.argsort(distances[:, 0], kind="stable")[:_BESIDE_A_MAP]]
        name = bundle.image(self.chosen.shown)
        finding = Map(
            cluster_of=name,
            pictures=tuple(picture_of(bundle, int(row), self.caption) for row in members),
            legend=", ".join(words[:2]),
        )
        typical = ""
        if words:
            said = self.texts["steps"]["clusters"]["typical"]
            typical = said.format(words=", ".join(words))
        return self._step(
            "clusters",
            finding,
            Link(page="clusters", parameters={"cluster": str(cluster)}),
            clusters=self._whole(bundle.manifest.counts.clusters),
            size=self._whole(int(bundle.cluster_sizes[cluster])),
            typical=typical,
        )

    def _candidates(self) -> Step:
        bundle, candidates = self.bundle, self.scored.candidates
        marked = tuple(bundle.image(int(row)) for row in candidates[:_MOST_MARKED])
        name = str(self.query.image)
        finding = Map(
            query=name,
            marked=marked,
            pictures=(picture_of(bundle, self.chosen.shown, self.caption),),
        )
        recall = bundle.metrics.get("candidates", {}).get(self.recommender.settings.method)
        said = ""
        if recall and recall.get("recall") is not None:
            said = self.texts["steps"]["candidates"]["recall"].format(
                percent=percent(recall["recall"], self.language),
                low=percent(recall["low"], self.language),
                high=percent(recall["high"], self.language),
            )
        return self._step(
            "candidates",
            finding,
            Link(page="map", parameters={"image": name}),
            candidates=self._whole(len(candidates)),
            recall=said,
        )

    def _answers(self, query: Query, rankers: tuple[str, ...]) -> list[Recommendation]:
        scored = self.scored if query == self.query else self.recommender.score(query)
        return [
            self.recommender.answer(scored, k=FIRST, ranker=name, collapse=_COLLAPSE)
            for name in rankers
            if name in scored.scores
        ]

    def _lists(self) -> Step:
        trained = MODEL in self.scored.scores
        answers = self._answers(self.query, (CLIP, BERT, MODEL if trained else FUSED))
        judged = self.bundle.manifest.relevance == "judged"
        of_captions = BERT in self.scored.scores
        which = "lists" if of_captions else "lists_of_pictures"
        which = which if trained else "lists_untrained"
        query = picture_of(self.bundle, self.chosen.shown, self.caption)
        finding = lists_finding(
            self.bundle, answers, query, self.caption, self.texts["rankers"], k=FIRST
        )
        return self._step(
            which,
            finding,
            self._of_query(),
            marks=self.texts["marks"]["judged" if judged else "labels"],
            pairs=self._whole(int((self.bundle.pairs["split"] == TRAIN).sum())),
        )

    def _reasons(self) -> Iterator[Step]:
        answer = self._answers(self.query, (MODEL, FUSED))[0]
        if not answer.results:
            return
        result = next((r for r in answer.results if r.relevance == 1), answer.results[0])
        parts = None
        with suppress(EncoderError, BundleError):  # the step stands without colours
            explainer = PairExplainer(self.recommender)
            parts = explainer.explain(self.query, self.scored, result)
        unit = self.texts["units"][answer.ranker]
        finding = reasons_finding(
            self.bundle,
            picture_of(self.bundle, self.chosen.shown, self.caption),
            result,
            self.caption,
            self.texts["roles"],
            total=self.texts["words"]["score"],
            unit=unit,
            parts=parts,
        )
        chance = ""
        if result.probability is not None:
            chance = self.texts["steps"]["reasons"]["probability"].format(
                percent=percent(result.probability, self.language)
            )
        link = self._of_query().parameters | {"result": result.image, "by": answer.ranker}
        yield self._step(
            "reasons",
            finding,
            Link(page="recommend", parameters=link | {"parts": "score"}),
            rank=result.rank,
            score=self._number(result.score),
            unit=unit,
            probability=chance,
        )

    def _errors(self) -> Iterator[Step]:
        if self.chosen.wrong is None:
            return
        query = Query(self.bundle.image(self.chosen.wrong))
        answers = self._answers(query, (MODEL,))
        finding = lists_finding(
            self.bundle,
            answers,
            picture_of(self.bundle, self.chosen.wrong, self.caption),
            self.caption,
            self.texts["rankers"],
            k=FIRST,
        )
        known = self.recommender.relevance.of(self.chosen.wrong, answers[0].candidates)
        yield self._step(
            "errors",
            finding,
            Link(page="recommend", parameters={"image": str(query.image), "ranker": MODEL}),
            right=sum(result.relevance == 1 for result in answers[0].results),
            there=int((known == 1).sum()),
            queries=self._whole(self.chosen.queries),
        )

    def _figures(self) -> Step:
        said, bundle = self.texts["steps"]["figures"], self.bundle
        finding = figures_finding(bundle, self.texts)
        if finding is None:
            return self._step("unknown", None, Link(page="about", parameters={}))
        return self._step(
            "figures",
            finding,
            Link(page="evaluation", parameters={}),
            queries=self._whole(int(bundle.metrics.get("queries_with_relevant", 0))),
            verdict=verdict(bundle, said, self.language),
            source=said["judged" if bundle.manifest.relevance == "judged" else "labels"],
        )
