"""What the Stories page shows, as its link says it."""

from dataclasses import dataclass

from mmrec_core.stories.model import MOST_STEPS


@dataclass(frozen=True)
class StoriesView:
    """The view's parameters.

    Attributes
    ----------
    story : str
        The open story's name, or `mmrec_core.stories.model.INTRODUCTION`; empty for the list.
    step : int
        Which step is open, from 1.
    edit : bool
        Whether it is being changed.
    """

    story: str = ""
    step: int = 1
    edit: bool = False

    def __post_init__(self) -> None:
        """Move the step into its range."""
        object.__setattr__(self, "step", min(max(self.step, 1), MOST_STEPS))
