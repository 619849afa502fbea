"""Whether a face stays where and as it was: landmarks, open eyes and mouths, and whether a detector still sees it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..faces import align
from ..faces.align import Points

SAME_PLACE = 0.5
"""Intersection over union from which a face found in the output counts as the photo's."""


def inter_ocular(landmarks: Points) -> float:
    """Pixels between the outer corners of the eyes, the unit of 300-W."""
    return float(np.linalg.norm(landmarks[45] - landmarks[36]))


def landmark_error(output: Points, photo: Points) -> float:
    """Mean distance of the 68 landmarks, as a share of the photo's inter-ocular distance."""
    return float(np.linalg.norm(output - photo, axis=1).mean() / inter_ocular(photo))


def turned(landmarks: Points) -> float:
    """How far a head is turned aside, 0 = frontal, 1 = profile: how far the nose tip lies from half-way between the
    outer corners of the eyes, along them, in half inter-ocular distances."""
    left, right = landmarks[36], landmarks[45]
    along = (right - left) / max(float(np.linalg.norm(right - left)), 1e-6)
    offset = float((landmarks[align.NOSE_TIP] - (left + right) / 2) @ along)
    return min(1.0, abs(offset) / (inter_ocular(landmarks) / 2))


def correlation(outputs: NDArray[np.floating], photos: NDArray[np.floating]) -> float:
    """Pearson's r over photos; NaN where fewer than three are known or one does not vary."""
    known = ~(np.isnan(outputs) | np.isnan(photos))
    a, b = outputs[known], photos[known]
    if len(a) < 3 or a.std() < 1e-9 or b.std() < 1e-9:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def overlap(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """Intersection over union of two boxes (left, top, right, bottom)."""
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    shared = float((high - low).clip(0).prod())
    areas = float((a[2:] - a[:2]).prod() + (b[2:] - b[:2]).prod())
    return shared / max(areas - shared, 1e-6)
