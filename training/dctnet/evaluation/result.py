"""What an evaluation finds, before anything is written."""

from __future__ import annotations

import dataclasses

from ..ground import Picture
from .photos import Subject
from .robustness import Rotation
from .summary import Figures

PHOTO, TRANSFER, EXEMPLARS = "untouched photo", "colour transfer", "exemplars"
"""The reference points."""


@dataclasses.dataclass(frozen=True)
class Valued:
    value: float
    low: float
    high: float
    """Ends of the 95 % bootstrap interval."""


@dataclasses.dataclass
class Result:
    """Of one network or reference point."""

    figures: dict[str, Valued] = dataclasses.field(default_factory=dict)
    slices: dict[str, dict[str, Figures]] = dataclasses.field(default_factory=dict)
    pairs: dict[str, float] = dataclasses.field(default_factory=dict)
    rotation: Rotation | None = None
    failures: list[str] = dataclasses.field(default_factory=list)
    """Names of the photos whose face is not found again in the output."""
    outputs: list[Picture] = dataclasses.field(default_factory=list)
    psnr: tuple[float, float] | None = None
    """Mean and least, in dB, against the style's full network."""
    keeps: dict[str, Valued] = dataclasses.field(default_factory=dict)
    """Share of the full network's improvement over the untouched photo (`summary.kept`)."""


@dataclasses.dataclass
class Report:
    style: str
    subjects: list[Subject] = dataclasses.field(default_factory=list)
    without_face: list[str] = dataclasses.field(default_factory=list)
    others: int = 0
    """Photos of others in the gallery."""
    seen: int = 0
    held: int = 0
    """Exemplars that training saw, and those held out."""
    references: dict[str, Result] = dataclasses.field(default_factory=dict)
    networks: dict[str, Result] = dataclasses.field(default_factory=dict)
