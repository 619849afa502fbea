"""Fits a drawing to the face of a photo: where each eye and the mouth are, how light and which colour each place is.

A photo has no drawing of itself, and two faces differ more than two drawings of one face do. An exemplar whose
landmarks are moved onto the photo's and whose tone is the photo's says how this artist draws an eye *here*, which is
what the statistics loss of `losses.py` compares with. It is not a likeness, so nothing compares it pixel by pixel.
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
from numpy.typing import NDArray

from .faces import align
from .faces.align import Matrix, Points
from .ground import Picture

SUPPORT = 1.1
"""How far from a landmark the face is bent, in face sizes; beyond it the drawing is only turned and scaled."""
RIDGE = 0.05
GRID = 16
"""Pixels between two places at which the bending is computed; between them it is interpolated."""
FADE = 0.08
"""Share of a drawing's side over which its mask fades towards the border."""
TONE_BLUR = 0.12
"""Sigma in face sizes of what counts as a place's tone: skin and hair, never a line or a fold."""


def size(landmarks: Points) -> float:
    """A face's size in pixels: the side of the square around its landmarks, which run from brow to chin."""
    return float(np.ptp(landmarks, 0).max())


def _bump(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Wendland's C2 function: 1 at 0, nothing from 1 on."""
    near = np.clip(1 - distance, 0, None)
    return near**4 * (4 * distance + 1)


@dataclasses.dataclass(frozen=True)
class Bending:
    """Where each place of a photo lies in a drawing: a similarity, bent so that landmarks meet."""

    matrix: Matrix
    centres: NDArray[np.float64]
    weights: NDArray[np.float64]
    reach: float

    @staticmethod
    def between(photo: Points, drawing: Points, strength: float = 1.0) -> Bending:
        """`strength` 1 brings every feature of the drawing to the photo's place, 0 leaves the drawing's proportions."""
        matrix, reach = align.similarity(photo, drawing), SUPPORT * size(photo)
        missed = drawing - (photo @ matrix[:, :2].T + matrix[:, 2])
        apart = np.linalg.norm(photo[:, None].astype(np.float64) - photo[None], axis=-1) / reach
        weights = np.linalg.solve(_bump(apart) + RIDGE * np.eye(len(photo)), strength * missed)
        return Bending(matrix, photo.astype(np.float64), weights, reach)

    def __call__(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """[N, 2] x, y in the photo → [N, 2] in the drawing."""
        distance = np.linalg.norm(places[:, None] - self.centres[None], axis=-1) / self.reach
        return places @ self.matrix[:, :2].T + self.matrix[:, 2] + _bump(distance) @ self.weights


def sample(drawing: NDArray[np.uint8], bending: Bending, view: Matrix, crop: int) -> NDArray[np.uint8]:
    """The drawing [H, W, 4], colours and mask, as a crop of the photo shows it.

    `view` [2, 3] takes the crop's pixels to the photo's. Shrunk by area first where it would alias.
    """
    coarse = np.arange(0, crop + GRID, GRID, dtype=np.float64)
    x, y = np.meshgrid(coarse, coarse)
    places = np.stack([x.ravel(), y.ravel()], 1) @ view[:, :2].T + view[:, 2]
    found = bending(places).reshape(len(coarse), len(coarse), 2)
    step = np.linalg.norm(found[-1, -1] - found[0, 0]) / (np.sqrt(2) * (coarse[-1] - coarse[0]))
    if step > 1.5:
        smaller = cv2.resize(drawing, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA)
        found = (found + 0.5) * (smaller.shape[1] / drawing.shape[1]) - 0.5
        drawing = smaller
    fine = np.arange(crop, dtype=np.float32) / GRID
    column, row = np.meshgrid(fine, fine)
    maps = cv2.remap(found.astype(np.float32), column, row, cv2.INTER_LINEAR)
    found = cv2.remap(drawing, maps[..., 0], maps[..., 1], cv2.INTER_CUBIC, borderValue=(255, 255, 255, 0))
    # A drawing ends where its paper does; a mask that ends as sharply would teach a line there.
    height, width = drawing.shape[:2]
    inside = np.minimum(
        np.minimum(maps[..., 0], width - 1 - maps[..., 0]), np.minimum(maps[..., 1], height - 1 - maps[..., 1])
    )
    found[..., 3] = found[..., 3] * (inside / (FADE * width)).clip(0, 1)
    return found


def _around(channels: NDArray[np.float32], mask: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """Each place's mean over its surroundings within the mask; at a quarter of the resolution, for speed."""
    height, width = mask.shape
    small = (max(1, width // 4), max(1, height // 4))
    weight = cv2.resize(mask, small, interpolation=cv2.INTER_AREA)
    value = cv2.resize(channels * mask[..., None], small, interpolation=cv2.INTER_AREA)
    value = cv2.GaussianBlur(value, (0, 0), sigma / 4) / (cv2.GaussianBlur(weight, (0, 0), sigma / 4)[..., None] + 1e-3)
    return cv2.resize(value, (width, height), interpolation=cv2.INTER_LINEAR)


def retone(
    drawing: Picture, photo: Picture, mask: NDArray[np.float32], sigma: float, tone: float, colour: float
) -> Picture:
    """The drawing with the photo's tone around each place of the mask; ink stays ink.

    `tone` and `colour` 0 … 1 are how far CIE L* and a*, b* go to the photo's. L* is scaled, by 0.4 … 2.2 at most, and
    chroma is moved as far as a place is light, so that black lines stay black.
    """
    if not tone and not colour:
        return drawing
    lab = cv2.cvtColor(drawing.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    seen = cv2.cvtColor(photo.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    here, there = _around(lab, mask, sigma), _around(seen, mask, sigma)
    gain = ((there[..., 0] + 3) / (here[..., 0] + 3)).clip(0.4, 2.2) ** tone
    share = colour * (lab[..., :1] / (here[..., :1] + 3)).clip(0, 1)
    lab[..., 1:] += share * (there[..., 1:] - here[..., 1:])
    lab[..., 0] = (lab[..., 0] * gain).clip(0, 100)
    return (cv2.cvtColor(lab, cv2.COLOR_LAB2RGB).clip(0, 1) * 255 + 0.5).astype(np.uint8)


THUMBNAIL = (24, 24, 3)
THUMBNAIL_RATIO = 0.45
"""Of `align.matrix`: the face with hair and shoulders."""


def thumbnail(picture: Picture, landmarks: Points) -> NDArray[np.float32]:
    """[24, 24, 3] CIE Lab of the upright head; L* without its mean, a* and b* at half weight. NaN without landmarks."""
    if np.isnan(landmarks).any():
        return np.full(THUMBNAIL, np.nan, np.float32)
    head = align.aligned(picture, landmarks, 4 * THUMBNAIL[0], THUMBNAIL_RATIO)
    lab = cv2.cvtColor(head.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    lab = cv2.resize(lab, THUMBNAIL[:2], interpolation=cv2.INTER_AREA)
    lab[..., 0] -= lab[..., 0].mean()
    return lab * np.float32([1, 0.5, 0.5])


def nearest(photos: NDArray[np.float32], exemplars: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """[N, K] for each photo the exemplars whose thumbnails look most like it, best first; only such as have a face."""
    known = np.flatnonzero(~np.isnan(exemplars).any((1, 2, 3)))
    a = np.nan_to_num(photos.reshape(len(photos), -1))
    b = exemplars[known].reshape(len(known), -1)
    apart = (a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T
    return known[np.argsort(apart, 1)[:, : min(count, len(known))]]
