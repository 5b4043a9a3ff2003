"""How a bundle's candidates are found."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

LONGEST = 1_000_000
"""Candidates that a list can have at most."""


class CandidateSettings(BaseModel):
    """How candidates are found: all images of the nearest clusters, or the nearest images."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    method: Literal["clusters", "exact"]
    nearest_clusters: int = Field(ge=1, le=LONGEST)
    exact_size: int = Field(ge=1, le=LONGEST)
