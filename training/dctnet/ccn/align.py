"""FFHQ's alignment: what a StyleGAN2 of faces was trained on, and what the loss's face crop supposes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..faces import align
from ..faces.align import Matrix, Points
from ..ground import Picture

# Karras et al. 2018, appendix C: half the square's side by the distance of the eyes or that from them to the mouth,
# and how far towards the mouth its centre lies.
BY_EYES, BY_MOUTH, TOWARDS_MOUTH = 2.0, 1.8, 0.1
MOUTH_CORNERS = (48, 54)


def square(landmarks: Points) -> NDArray[np.float64]:
    """[68, 2] → [4, 2]: the corners of the upright square of a face, from the top left clockwise."""
    left, right = (landmarks[part].mean(0, np.float64) for part in (align.LEFT_EYE, align.RIGHT_EYE))
    eyes, between = (left + right) / 2, right - left
    down = landmarks[list(MOUTH_CORNERS)].mean(0, np.float64) - eyes
    direction = between + np.array((down[1], -down[0]))
    half = direction / np.hypot(*direction) * max(BY_EYES * np.hypot(*between), BY_MOUTH * np.hypot(*down))
    below = np.array((-half[1], half[0]))
    centre = eyes + TOWARDS_MOUTH * down
    return np.stack([centre - half - below, centre + half - below, centre + half + below, centre - half + below])


def side(landmarks: Points) -> float:
    """Of the square, in pixels of the picture."""
    corners = square(landmarks)
    return float(np.hypot(*(corners[1] - corners[0])))


def overhang(landmarks: Points, height: int, width: int) -> float:
    """How far the square leaves a picture, as a share of its side; 0 where it lies within."""
    corners = square(landmarks)
    beyond = np.concatenate([-corners, corners - (width - 1, height - 1)])
    return max(0.0, float(beyond.max()) / side(landmarks))


def matrix(landmarks: Points, size: int) -> Matrix:
    """The transform from the picture to the aligned one of `size` pixels."""
    corners = np.array(((0, 0), (size, 0), (size, size), (0, size))) - 0.5
    return align.similarity(square(landmarks), corners)


def aligned(picture: Picture, landmarks: Points, size: int) -> Picture:
    """[H, W, C] → [size, size, C]; what lies outside the picture is mirrored in."""
    return align.warp(picture, matrix(landmarks, size), size, size).astype(np.uint8)


def drift(a: Points, b: Points) -> float:
    """Mean distance between the landmarks of two aligned pictures, in distances between a's eyes."""
    between = np.hypot(*(a[align.RIGHT_EYE].mean(0) - a[align.LEFT_EYE].mean(0)))
    return float(np.hypot(*(a - b).T).mean() / max(float(between), 1e-6))
