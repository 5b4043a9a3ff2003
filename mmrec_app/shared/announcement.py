"""What a run has changed, said to those who do not see it."""

from mmrec_app.served.scripts import component

_announcement = component("announcement")


def say(*lines: str) -> None:
    """Let screen readers read those of the lines that the run before did not say; once a run."""
    _announcement(key="announcement", data={"lines": lines})
