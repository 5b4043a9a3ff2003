"""The reference's faults, each with a name and a meaning, so that each can be left out."""

from dataclasses import dataclass, fields, replace


@dataclass(frozen=True)
class Faults:
    """Which of the reference's faults a run has; by default all, as it was published.

    Attributes
    ----------
    row_split
        Rows, not queries, are split into train, validation and test.
    scaler_per_split
        The similarities are scaled anew in every part, and again at prediction.
    kmeans_on_all
        k-means is fitted on all images, those of held-out queries among them.
    double_kmeans
        Labels and distances come from two k-means fits of different seeds.
    raw_concatenation
        k-means sees raw numbers: the modality of the larger ones decides.
    scale_pos_weight
        The relevant class weighs 2.64 times as much, so probabilities are no probabilities.
    cls_pooling
        A caption is the state of BERT's first token, not the mean of its tokens.
    """

    row_split: bool = True
    scaler_per_split: bool = True
    kmeans_on_all: bool = True
    double_kmeans: bool = True
    raw_concatenation: bool = True
    scale_pos_weight: bool = True
    cls_pooling: bool = True

    def without(self, *names: str) -> "Faults":
        """Return these faults but for some, by name."""
        return replace(self, **dict.fromkeys(names, False))


FAULTS = tuple(field.name for field in fields(Faults))
