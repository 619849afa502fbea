"""Where a face lies, from its 68 landmarks: the transform that brings it upright, and how open eyes and mouth are.

Landmarks are float32 [68, 2], x and y in pixels of the picture, pixel centres at whole numbers, in the order of iBUG
300-W: 0–16 jaw, 17–26 brows, 27–35 nose, 36–41 and 42–47 eyes, 48–59 outer and 60–67 inner lips. "Left" is the left of
the picture.
"""

from __future__ import annotations

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from ..ground import Picture

Points = NDArray[np.float32]
Matrix = NDArray[np.float64]
"""[2, 3]: picture coordinates → coordinates of the aligned face."""

JAW, NOSE_TIP = slice(0, 17), 30
LEFT_BROW, RIGHT_BROW = slice(17, 22), slice(22, 27)
NOSE = slice(27, 36)
LEFT_EYE, RIGHT_EYE = slice(36, 42), slice(42, 48)
OUTER_LIPS, INNER_LIPS = slice(48, 60), slice(60, 68)
# fmt: off
MIRRORED = np.array([
    *range(16, -1, -1), *range(26, 16, -1), *range(27, 31), *range(35, 30, -1), 45, 44, 43, 42, 47, 46, 39, 38, 37, 36,
    41, 40, *range(54, 47, -1), *range(59, 54, -1), *range(64, 59, -1), *range(67, 64, -1),
])
"""Which landmark takes each one's place in the mirrored picture."""
# fmt: on

# Eye centres, nose tip and mouth corners of the 112-pixel crop that ArcFace networks are trained on (insightface).
ARCFACE_112 = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)
SIZE, RATIO = 256, 0.75
"""DCT-Net's training crop: the template shrunk to three quarters about its centre, so that hair and chin are inside."""


def five_points(landmarks: Points) -> NDArray[np.float64]:
    """[68, 2] → [5, 2]: eye centres, nose tip, mouth corners."""
    eyes = [landmarks[part].mean(0) for part in (LEFT_EYE, RIGHT_EYE)]
    return np.array([*eyes, landmarks[NOSE_TIP], landmarks[48], landmarks[54]], np.float64)


def template(size: int = SIZE, ratio: float = RATIO) -> NDArray[np.float64]:
    """[5, 2]: where the five points lie in a crop of `size` pixels."""
    return (ARCFACE_112 + 0.5 - 56) * ratio * size / 112 + size / 2 - 0.5


def similarity(source: NDArray[np.floating], target: NDArray[np.floating]) -> Matrix:
    """[2, 3]: the rotation, scale and shift that bring `source` closest to `target`, both [N, 2] (Umeyama 1991)."""
    source, target = np.asarray(source, np.float64), np.asarray(target, np.float64)
    a, b = source - source.mean(0), target - target.mean(0)
    u, spread, vt = np.linalg.svd(b.T @ a / len(a))
    sign = np.array([1.0, np.sign(np.linalg.det(u) * np.linalg.det(vt))])
    rotation = (u * sign) @ vt
    scaled = rotation * (spread * sign).sum() / a.var(0).sum()
    return np.hstack([scaled, (target.mean(0) - scaled @ source.mean(0))[:, None]])


def matrix(landmarks: Points, size: int = SIZE, ratio: float = RATIO) -> Matrix:
    """The transform from the picture to the aligned face of `size` pixels."""
    return similarity(five_points(landmarks), template(size, ratio))


def inverse(transform: Matrix) -> Matrix:
    return cv2.invertAffineTransform(transform)


def apply(transform: Matrix, points: NDArray[np.floating]) -> Points:
    """[N, 2] → [N, 2]."""
    return (points @ transform[:, :2].T + transform[:, 2]).astype(np.float32)


def warp(picture: NDArray, transform: Matrix, width: int, height: int, border: int = cv2.BORDER_REFLECT_101) -> NDArray:
    """The part of [H, W] or [H, W, C] that the transform brings into `width` × `height`; outside by `border`.

    `warp(face, inverse(m), W, H)` puts an aligned face back. What shrinks is averaged first, or it would alias.
    """
    scale = float(np.sqrt(abs(np.linalg.det(transform[:, :2]))))
    if scale < 0.7:
        rows, columns = picture.shape[:2]
        small = cv2.resize(
            picture, (max(1, round(columns * scale)), max(1, round(rows * scale))), interpolation=cv2.INTER_AREA
        )
        shrink = np.array([small.shape[1] / columns, small.shape[0] / rows])
        # A small pixel's centre x lies at (x + ½) / shrink - ½ of the picture.
        back = np.hstack([np.diag(1 / shrink), ((1 / shrink - 1) / 2)[:, None]])
        transform = np.hstack(
            [transform[:, :2] @ back[:, :2], (transform[:, :2] @ back[:, 2] + transform[:, 2])[:, None]]
        )
        picture = small
    return cv2.warpAffine(picture, transform, (width, height), flags=cv2.INTER_LINEAR, borderMode=border)


def aligned(picture: Picture, landmarks: Points, size: int = SIZE, ratio: float = RATIO) -> Picture:
    """[H, W, 3] → [size, size, 3], the face upright and in its place."""
    return warp(picture, matrix(landmarks, size, ratio), size, size)


def _height_over_width(ring: Points) -> float:
    """Of a closed outline that starts at a corner and has the other corner half-way: mean height over width."""
    half = len(ring) // 2
    heights = np.linalg.norm(ring[1:half] - ring[:half:-1], axis=1)
    return float(heights.mean() / max(np.linalg.norm(ring[half] - ring[0]), 1e-6))


def openness(landmarks: Points) -> tuple[float, float, float]:
    """(left eye, right eye, mouth): the eyes' aspect ratios (Soukupová & Čech 2016; open about 0.3, closed below 0.15)
    and the inner lips' height over their width (closed about 0). Unchanged by scale, rotation and shift."""
    return tuple(_height_over_width(landmarks[part]) for part in (LEFT_EYE, RIGHT_EYE, INNER_LIPS))


def recognition_crop(faces: Tensor, ratio: float = RATIO) -> Tensor:
    """[N, C, S, S] faces aligned with `ratio` ≤ 0.85 → the square that the recognition network was trained on, which is
    dlib's chip: eyes 0.35 of the side apart, at 0.314 of its height. Plain slicing, so gradients pass."""
    eyes = (template(1, ratio)[:2] + 0.5).mean(0)
    side = np.linalg.norm(np.diff(template(1, ratio)[:2], axis=0)) / 0.35
    size = faces.shape[-1]
    left, top = (eyes - side * np.array([0.5, 0.314])).round(6) * size
    first, last = [round(top), round(left)], [round(top + side * size), round(left + side * size)]
    return faces[..., max(first[0], 0) : last[0], max(first[1], 0) : last[1]]


def sample(pictures: Tensor, transforms: Tensor, size: int) -> Tensor:
    """[N, C, H, W] by [N, 2, 3] (float32, as `matrix` makes them) → [N, C, size, size]: `warp` with gradients.

    Bilinear and black outside; it does not average, so bring large pictures down to about the crop's scale before.
    """
    height, width = pictures.shape[2:]
    full = torch.cat([transforms, transforms.new_tensor([0, 0, 1]).expand(len(transforms), 1, 3)], 1)
    back = torch.linalg.inv(full)[:, :2]
    along = torch.arange(size, device=pictures.device, dtype=transforms.dtype)
    y, x = torch.meshgrid(along, along, indexing="ij")
    grid = torch.stack([x, y, torch.ones_like(x)], -1) @ back[:, None].transpose(2, 3)
    grid = (2 * grid + 1) / grid.new_tensor([width, height]) - 1
    return F.grid_sample(pictures, grid.to(pictures.dtype), mode="bilinear", align_corners=False)
