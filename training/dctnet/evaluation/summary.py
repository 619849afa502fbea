"""From photo by photo to figures: of all subjects, of a slice, of bootstrap draws; and one network against another."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from . import geometry, identity
from .gap import Counts, StyleGap
from .measure import Rows
from .photos import Subject

DRAWS = 400
"""Bootstrap draws: an interval's ends are then good to about a tenth of its width."""
SLICE_MIN = 5
"""Subjects below which a slice has no figures, and `GAP_MIN` no style gap."""
GAP_MIN = 10
MEANS = (
    "content",
    "chroma_inside",
    "chroma_outside",
    "lightness_inside",
    "bleached",
    "redetected",
    "landmark_error",
    "jitter",
)

Figures = dict[str, float]
Groups = dict[str, dict[str, NDArray[np.bool_]]]
"""Kind → group → [N] bool: who belongs to it."""


def _mean(values: NDArray[np.float64]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


@dataclasses.dataclass(frozen=True)
class Scale:
    """What figures are relative to: the untouched photos, and the exemplars."""

    photo: Rows
    gap: StyleGap

    def figures(self, rows: Rows, counts: Counts | None = None, held: Counts | None = None) -> Figures:
        """Every figure, of the subjects drawn `counts` times each (default once), against exemplars drawn `held` times.

        style_gap      distance of the portraits' features from held-out exemplars, as a share of the photos' own
        rank1          share of outputs that resemble their own photo most, of all in the gallery
        verification   area under the ROC curve: output with own photo against output with another's
        eyes, mouth    correlation of their openness with the photo's
        and the means of `measure.Measured`'s.
        """
        counts = np.ones(len(rows.outputs), np.int64) if counts is None else counts
        drawn = np.repeat(np.arange(len(counts)), counts)
        similar, values, photo = rows.similar[drawn], rows.values, self.photo.values
        gap = float("nan")
        if len(drawn) >= GAP_MIN:
            gap = self.gap.distance(rows.spread, counts, held) / self.gap.distance(self.photo.spread, counts, held)
        left, right, mouth = (
            geometry.correlation(values[part][drawn], photo[part][drawn]) for part in ("left_eye", "right_eye", "mouth")
        )
        return {
            "style_gap": gap,
            "rank1": float(identity.hits(similar, drawn).mean()),
            "verification": identity.verification(similar, drawn),
            "eyes": (left + right) / 2,
            "mouth": mouth,
        } | {name: _mean(values[name][drawn]) for name in MEANS}


def draws(subjects: int, exemplars: int, count: int, seed: int = 1) -> list[tuple[Counts, Counts]]:
    """How often each subject and each held-out exemplar is drawn; the same for every network, so that differences
    between networks are of the same subjects."""
    rng = np.random.default_rng(seed)

    def one(size: int) -> Counts:
        return np.bincount(rng.integers(size, size=size), minlength=size)

    return [(one(subjects), one(exemplars)) for _ in range(count)]


def interval(values: Sequence[float], level: float = 0.95) -> tuple[float, float]:
    """The middle `level` of the values; NaN where there is none."""
    known = [value for value in values if np.isfinite(value)]
    if not known:
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def kept(variant: float, full: float, photo: float) -> float:
    """The variant's share of the full network's improvement over the untouched photo: 1 = all, 0 = none."""
    return (photo - variant) / (photo - full) if photo != full else float("nan")


def groups(subjects: Sequence[Subject]) -> Groups:
    """The slices; the groups of a kind part all subjects of whom it is known.

    Skin by the typology angle, age as the encoder guesses it, glasses as the user says (`--glasses`), pose by the
    nose's place between the eyes, face by inter-ocular pixels of 512.
    """
    skin = np.array([subject.skin for subject in subjects])
    age = np.array([subject.age for subject in subjects])
    turn = np.array([geometry.turned(subject.face.landmarks) for subject in subjects])
    size = np.array([geometry.inter_ocular(subject.face.landmarks) for subject in subjects])
    worn = [np.array([subject.glasses is answer for subject in subjects]) for answer in (False, True)]
    return {
        "skin": {"light": skin > 41, "medium": (skin > 10) & (skin <= 41), "dark": skin <= 10},
        "age": {"under 30": age < 30, "30 to 49": (age >= 30) & (age < 50), "from 50": age >= 50},
        "glasses": {"without": worn[0], "with": worn[1]},
        "pose": {"frontal": turn < 0.2, "turned": turn >= 0.2},
        "face": {"under 90 px": size < 90, "90 to 139 px": (size >= 90) & (size < 140), "from 140 px": size >= 140},
    }


def sliced(scale: Scale, rows: Rows, parts: Groups) -> dict[str, dict[str, Figures]]:
    """Figures of every group that has enough subjects, its `count` among them."""

    def of(members: NDArray[np.bool_]) -> Figures:
        enough = members.sum() >= SLICE_MIN
        return {"count": int(members.sum())} | (scale.figures(rows, members.astype(np.int64)) if enough else {})

    return {kind: {name: of(members) for name, members in part.items()} for kind, part in parts.items()}
