"""GEM, the geometry expansion: every training picture is shown at its own scale, turned by its own angle.

So a network learns to draw faces that are not aligned, whole bodies and groups. Both domains are expanded alike.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from .config import Gem
from .faces import align
from .faces.align import Matrix, Points
from .warp import Places, affine


@dataclasses.dataclass(frozen=True)
class View:
    """One draw of GEM: which part of a square picture a crop shows, and how it is turned."""

    coverage: float
    degrees: float
    x: float
    y: float
    """Where the crop's centre lies between its extremes, 0 … 1."""
    mirrored: bool

    @staticmethod
    def draw(rng: np.random.Generator, gem: Gem, sharpest: float = 0.0) -> View:
        """`sharpest` is the smallest coverage that does not enlarge the picture beyond its own pixels."""
        low, high = np.log(max(gem.coverage[0], sharpest)), np.log(max(gem.coverage[1], sharpest))
        turned = rng.random() < gem.any_rotation_share
        return View(
            float(np.exp(rng.uniform(low, high))),
            float(rng.uniform(-180, 180) if turned else rng.normal(0, gem.rotation)),
            float(rng.random()),
            float(rng.random()),
            bool(rng.random() < 0.5),
        )

    def matrix(self, side: int, crop: int) -> Matrix:
        """[2, 3]: pixels of a picture of `side` pixels → pixels of the crop, whole numbers being pixel centres."""
        scale = crop / (self.coverage * side)
        room = abs(1 - self.coverage) / 2
        centre = side * (0.5 + room * (2 * np.array([self.x, self.y]) - 1)) - 0.5
        angle = np.deg2rad(self.degrees)
        turn = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        if self.mirrored:
            turn = np.diag([-1.0, 1.0]) @ turn
        return np.concatenate([turn, ((crop - 1) / 2 - turn @ centre)[:, None]], 1)

    def places(self, side: int, crop: int) -> Places:
        """Where the crop's pixels lie in a picture of `side` pixels."""
        return affine(self.matrix(side, crop), crop)

    def carry(self, landmarks: Points, side: int, crop: int) -> Points:
        """[68, 2] in a picture of `side` pixels → in the crop; a mirrored face's left eye is on the left again."""
        seen = align.apply(self.matrix(side, crop), landmarks)
        return seen[align.MIRRORED] if self.mirrored else seen


def hue_matrix(rng: np.random.Generator) -> NDArray[np.float32]:
    """[3, 3]: turns hue by any angle and scales saturation by 0.7 … 1.3, luma kept (YIQ).

    Given to a photo and its drawing alike it teaches that a drawing keeps the photo's colours, whatever they are.
    """
    yiq = np.array([[0.299, 0.587, 0.114], [0.5959, -0.2746, -0.3213], [0.2115, -0.5227, 0.3112]])
    angle, gain = rng.uniform(0, 2 * np.pi), rng.uniform(0.7, 1.3)
    turn = np.eye(3)
    turn[1:, 1:] = gain * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (np.linalg.inv(yiq) @ turn @ yiq).astype(np.float32)
