"""What a finding card says in its own words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mmrec_core.attribution.ninths import NINTHS
from mmrec_core.ranker.model import BERT, CLIP, FUSED, MODEL


@dataclass(frozen=True)
class FindingWords:
    """What the card says in its own words; another language brings its own.

    ``rankers``, ``roles``, ``units`` and ``cosines`` name rankers, groups of features, the unit of
    each ranker's score, and the cosines; ``picture_methods`` and ``text_methods`` say how vectors
    were taken apart (`mmrec_core.encoders.parts.Method`). What they lack stands as it is.
    ``ninths`` name the parts of a picture, row by row.
    """

    finding: str = "Finding"
    query: str = "Query"
    results: str = "Results"
    cut: str = "the first {shown} of {all}"
    chosen: str = "chosen"
    no_caption: str = "no caption"
    no_picture: str = "no picture"
    a_text: str = "a text without a picture"
    an_upload: str = "a picture from outside the collection"
    score: str = "score"
    base: str = "average pair"
    probability: str = "probability of relevance"
    judged: tuple[str, str] = ("judged irrelevant", "judged relevant")
    labelled: tuple[str, str] = ("another category", "same category")
    end_of_relevance: str = (
        "below {percent} from here on, the threshold chosen on validation queries"
    )
    alike: str = "near-duplicates merged: {n}"
    adds_up: str = "The bars add up to the score, in {unit}, on one scale for all results."
    bundle: str = "Bundle"
    encoders: str = "Encoders"
    ranker: str = "Ranker"
    written: str = "Saved"
    reviewer: str = "Reviewer"
    link: str = "Open in the app"
    parts: str = "Regions and words"
    place: str = "Number {rank}"
    ninths: Sequence[str] = NINTHS
    compared: str = "Captions are in the language in which they were compared."
    legend: str = "What a region adds, in {unit}"
    undivided: str = "not divided"
    regions: str = "regions"
    beyond: str = "margins around the picture"
    picture_whole: str = "picture as a whole"
    words_of: str = "words"
    text_whole: str = "text as a whole"
    cosine: str = "cosine"
    learned: str = "learned likeness"
    likeness: str = (
        "Regions are of the thumbnail. Its vector has a cosine of {cosine} with that of the "
        "picture itself; all regions share the difference."
    )
    rankers: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(
        default_factory=lambda: {MODEL: "log-odds", **dict.fromkeys((CLIP, BERT, FUSED), "cosine")}
    )
    cosines: Mapping[str, str] = field(default_factory=dict)
    picture_methods: Mapping[str, str] = field(
        default_factory=lambda: {
            "sum": "Regions are exact: the encoder itself adds them up.",
            "attention": "Regions are what the encoder's attention takes from each patch directly.",
            "occlusion": "Regions are what the vector loses when a cell is painted over.",
        }
    )
    text_methods: Mapping[str, str] = field(
        default_factory=lambda: {
            "sum": "Words are exact: the encoder itself adds them up.",
            "sum and leave-one-out": "Words are exact, or what the vector loses without the word.",
            "leave-one-out": "Words are what the vector loses without the word.",
        }
    )
