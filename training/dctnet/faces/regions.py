"""Which part of a face each pixel shows, from 68 landmarks: soft masks for losses that weigh parts differently."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from . import align
from .align import Points

REGIONS = ("eyes", "brows", "nose", "mouth", "skin", "head")
"""`skin` is the face within jaw and forehead but for the four before it; `head` what lies around it: hair and ears."""
SUBPIXEL = 4
"""Fractional bits of the corners that OpenCV draws to."""
FOREHEAD = 0.9
"""How far the face goes on above the brows, in distances from brows to nose tip."""
HEAD = (1.75, 1.7)
"""The head's ellipse over the face's extent, across and along."""


def _filled(shape: tuple[int, int], points: NDArray[np.floating]) -> NDArray[np.float32]:
    """[H, W] 0 … 1: the convex hull, its edge smoothed over a pixel."""
    mask = np.zeros(shape, np.uint8)
    hull = cv2.convexHull(np.round(points * 2**SUBPIXEL).astype(np.int32))
    cv2.fillConvexPoly(mask, hull, 255, cv2.LINE_AA, SUBPIXEL)
    return mask.astype(np.float32) / 255


def _grown(points: NDArray[np.floating], across: float, along: float) -> NDArray[np.float64]:
    """Scaled about the centre: an eye's region holds its lids and lashes, a mouth's the rim of its lips."""
    centre = (points.min(0) + points.max(0)) / 2
    return centre + (points - centre) * [across, along]


def _axes(landmarks: Points) -> NDArray[np.float64]:
    """[2, 2]: the face's own axes, across along the eyes and down."""
    eyes = landmarks[align.RIGHT_EYE].mean(0) - landmarks[align.LEFT_EYE].mean(0)
    along = eyes / max(float(np.linalg.norm(eyes)), 1e-6)
    return np.array([along, [-along[1], along[0]]])


def regions(landmarks: Points, height: int, width: int) -> NDArray[np.float32]:
    """[68, 2] in pixels → [6, height, width] in 0 … 1, in the order of `REGIONS`; their sum is at most 1.

    Faces may be turned: everything is drawn in the face's own axes. The forehead, which no landmark marks, is taken to
    reach as far above the brows as 0.9 of the way from brows to nose tip.
    """
    shape = (height, width)
    turn = _axes(landmarks)
    points = landmarks @ turn.T

    def drawn(part: NDArray[np.floating]) -> NDArray[np.float32]:
        return _filled(shape, part @ turn)

    both_eyes = np.maximum(*(drawn(_grown(points[part], 1.4, 2.2)) for part in (align.LEFT_EYE, align.RIGHT_EYE)))
    both_brows = np.maximum(*(drawn(_grown(points[part], 1.15, 1.8)) for part in (align.LEFT_BROW, align.RIGHT_BROW)))
    nose = drawn(_grown(points[align.NOSE], 1.1, 1.05))
    mouth = drawn(_grown(points[align.OUTER_LIPS], 1.1, 1.2))

    brows = points[align.LEFT_BROW.start : align.RIGHT_BROW.stop]
    up = FOREHEAD * (points[align.NOSE_TIP, 1] - brows[:, 1].mean())
    middle = brows[:, 0].mean()
    forehead = np.stack([middle + (brows[:, 0] - middle) * 0.85, brows[:, 1].mean() - np.full(len(brows), up)], 1)
    outline = np.concatenate([points[align.JAW], brows, forehead])
    face = drawn(outline)

    low, high = outline.min(0), outline.max(0)
    # Hair reaches further above a face than below it.
    centre = (low + high) / 2 - [0, 0.12 * (high[1] - low[1])]
    angle = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    ring = centre + np.stack([np.cos(angle), np.sin(angle)], 1) * (high - low) / 2 * np.array(HEAD)
    head = np.maximum(drawn(ring), face)

    left = np.ones(shape, np.float32)
    masks = []
    for mask in (both_eyes, both_brows, mouth, nose):
        masks.append(np.minimum(mask, left))
        left = left - masks[-1]
    eyes_, brows_, mouth_, nose_ = masks
    skin = np.minimum(face, left)
    return np.stack([eyes_, brows_, nose_, mouth_, skin, np.minimum(head, left - skin)])


def bare(landmarks: Points, height: int, width: int) -> NDArray[np.float32]:
    """[68, 2] in pixels → [height, width] in 0 … 1: the face from jaw to halfway between eyes and brows, which no hair
    of the head or the brows is part of."""
    brows, eyes = (
        np.concatenate([landmarks[left], landmarks[right]])
        for left, right in ((align.LEFT_BROW, align.RIGHT_BROW), (align.LEFT_EYE, align.RIGHT_EYE))
    )
    lowered = brows + 0.6 * (eyes.mean(0) - brows.mean(0))
    return _filled((height, width), np.concatenate([landmarks[align.JAW], lowered]))


EYE, LIPS = ((1.5, 2.9), (1.9, 4.0)), ((1.15, 1.3), (1.5, 2.2))
"""How far across and along an eye or a mouth goes, in its landmarks' extent, and how far what is around it: a drawn eye
that lies below must not show."""


def parts(landmarks: Points, height: int, width: int, eyes: float = 1.0) -> NDArray[np.float32]:
    """[68, 2] in pixels → [3, 2, height, width] in 0 … 1: of both eyes, `eyes` times their size, and of the mouth the
    part itself, and the part with what is around it."""
    turn = _axes(landmarks)
    larger = tuple((across * eyes, along * eyes) for across, along in EYE)
    places = ((align.LEFT_EYE, larger), (align.RIGHT_EYE, larger), (align.OUTER_LIPS, LIPS))
    return np.stack(
        [
            [_filled((height, width), _grown(landmarks[place] @ turn.T, *growth) @ turn) for growth in growths]
            for place, growths in places
        ]
    )


def cheeks(landmarks: Points, size: int) -> NDArray[np.bool_]:
    """[size, size]: skin between eyes, nose and jaw on both sides, and the bridge of the nose."""
    mask = np.zeros((size, size), np.uint8)
    for corners in ((1, 41, 40, 31, 48, 4), (15, 46, 47, 35, 54, 12)):
        shape = landmarks[list(corners)]
        # Towards its middle: jaw and lids are not skin to measure.
        shape = shape.mean(0) + 0.7 * (shape - shape.mean(0))
        cv2.fillConvexPoly(mask, cv2.convexHull(shape.round().astype(np.int32)), 255)
    return mask > 0
