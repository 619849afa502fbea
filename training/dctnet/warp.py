"""Shows pictures as crops see them. Where a crop's pixels lie is known at every 16th of them and linear in between.

OpenCV does it on the CPU; elsewhere PyTorch does, from the bytes, so that a GPU does not wait for a CPU. Both shrink by
area first where a crop is coarser than its picture, and sample bicubically: bilinear sampling paled thin ink lines, and
the network drew them as pale.
"""

from __future__ import annotations

import functools

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from .faces.align import Matrix

GRID = 16
"""Pixels of the crop between two known places."""
SHRINK = 1.25
"""Picture pixels to a crop's, above which the picture is shrunk first."""
Places = NDArray[np.float64]
"""[n, n, 2]: x and y in a picture, whole numbers being pixel centres, of every 16th pixel of a crop, from its first on
and past its last."""
BORDERS = {"reflect": cv2.BORDER_REFLECT_101, "edge": cv2.BORDER_REPLICATE, "white": cv2.BORDER_CONSTANT}
"""What lies outside a picture: it mirrored, its last pixels, or white paper with nothing drawn on it."""
WHITE = (255, 255, 255, 0)
MARGIN = 3
"""Pixels around a picture that bicubic sampling near its border looks at."""


def pixels(crop: int) -> NDArray[np.float64]:
    """[n², 2]: every 16th pixel of a crop."""
    along = np.arange(0, crop + GRID, GRID, dtype=np.float64)
    x, y = np.meshgrid(along, along)
    return np.stack([x.ravel(), y.ravel()], 1)


def gridded(places: NDArray[np.float64]) -> Places:
    """What became of `pixels`."""
    side = round(len(places) ** 0.5)
    return places.reshape(side, side, 2)


def affine(matrix: Matrix, crop: int) -> Places:
    """`matrix` takes a picture's pixels to the crop's."""
    back = cv2.invertAffineTransform(matrix)
    return gridded(pixels(crop) @ back[:, :2].T + back[:, 2])


def everywhere(known: Tensor, crop: int) -> Tensor:
    """[N, C, n, n] at every 16th pixel → [N, C, crop, crop]."""
    full = GRID * (known.shape[-1] - 1) + 1
    return F.interpolate(known, (full, full), mode="bilinear", align_corners=True)[..., :crop, :crop]


def _step(places: Places) -> float:
    """Picture pixels to one of the crop's, along its diagonal."""
    return float(np.linalg.norm(places[-1, -1] - places[0, 0]) / (np.sqrt(2) * GRID * (len(places) - 1)))


def _sizes(places: Places, height: int, width: int) -> tuple[int, int]:
    """Height and width that the picture is shrunk to."""
    step = _step(places)
    return (height, width) if step <= SHRINK else (max(1, round(height / step)), max(1, round(width / step)))


def warp(pictures: list[NDArray[np.uint8]], places: list[Places], crop: int, fill: str, device: torch.device) -> Tensor:
    """B pictures [H, W, C] → [B, C, crop, crop] in 0 … 1. `fill` is one of `BORDERS`."""
    if device.type == "cpu":
        found = [by_opencv(picture, where, crop, fill) for picture, where in zip(pictures, places, strict=True)]
        return torch.from_numpy(np.stack(found)).permute(0, 3, 1, 2).float().div_(255)
    seen = torch.empty(len(pictures), pictures[0].shape[2], crop, crop, device=device)
    for shape in {picture.shape for picture in pictures}:
        alike = [index for index, picture in enumerate(pictures) if picture.shape == shape]
        stacked = torch.from_numpy(np.stack([pictures[index] for index in alike]))
        stacked = stacked.pin_memory() if device.type == "cuda" else stacked
        seen[alike] = by_torch(stacked.to(device, non_blocking=True), [places[index] for index in alike], crop, fill)
    return seen


@functools.lru_cache(4)
def _fine(crop: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    along = np.arange(crop, dtype=np.float32) / GRID
    return tuple(np.meshgrid(along, along))


def by_opencv(picture: NDArray[np.uint8], places: Places, crop: int, fill: str) -> NDArray[np.uint8]:
    """[H, W, C] → [crop, crop, C]."""
    height, width = picture.shape[:2]
    rows, columns = _sizes(places, height, width)
    if (rows, columns) != (height, width):
        picture = cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA)
        # A small pixel's centre x lies at (x + ½) / shrink - ½ of the picture.
        places = (places + 0.5) * (columns / width, rows / height) - 0.5
    maps = cv2.remap(places.astype(np.float32), *_fine(crop), cv2.INTER_LINEAR)
    return cv2.remap(picture, maps, None, cv2.INTER_CUBIC, borderMode=BORDERS[fill], borderValue=WHITE)


def _mirrored(x: Tensor, last: Tensor) -> Tensor:
    """Back into 0 … last, without the border's pixel twice."""
    x = torch.remainder(x, (2 * last).clamp_min(1))
    return torch.minimum(x, 2 * last - x).clamp_min(0)


def _shrinking(sizes: Tensor, size: int, fill: str) -> Tensor:
    """[B, size + 2 · MARGIN, size]: matrices that shrink `size` pixels to `sizes` [B] by area, with `MARGIN` pixels of
    `fill` around them and nothing beyond."""
    sizes = sizes[:, None]
    index = torch.arange(size + 2 * MARGIN, device=sizes.device)[None] - MARGIN
    exists = index < sizes + MARGIN
    if fill == "white":
        exists = exists & (index >= 0) & (index < sizes)
    else:
        index = _mirrored(index, sizes - 1) if fill == "reflect" else torch.minimum(index.clamp_min(0), sizes - 1)
    share = size / sizes
    first = (index * share)[..., None]
    pixel = torch.arange(size, device=sizes.device)
    covered = torch.minimum(first + share[..., None], pixel + 1) - torch.maximum(first, pixel)
    return covered.clamp_min(0) / share[..., None] * exists[..., None]


def by_torch(pictures: Tensor, places: list[Places], crop: int, fill: str) -> Tensor:
    """uint8 [B, H, W, C] → [B, C, crop, crop] in 0 … 1, as `by_opencv` within rounding."""
    device, (height, width) = pictures.device, pictures.shape[1:3]
    sizes = torch.tensor([_sizes(where, height, width) for where in places]).to(device)
    coarse = torch.from_numpy(np.stack(places).astype(np.float32)).to(device).permute(0, 3, 1, 2)
    where = everywhere(coarse, crop)
    small = sizes.flip(1)[..., None, None].float()
    where = (where + 0.5) * small / small.new_tensor([width, height])[:, None, None] - 0.5
    if fill == "reflect":
        where = _mirrored(where, small - 1)
    else:
        where = torch.minimum(where.clamp_min(-MARGIN + 1), small + MARGIN - 2)
    x = pictures.permute(0, 3, 1, 2).float()
    # White is what bicubic weights, whose sum is 1, leave when nothing is taken from it.
    paper = x.new_tensor(WHITE[: x.shape[1]])[:, None, None]
    x = paper - x if fill == "white" else x
    down, across = _shrinking(sizes[:, 0], height, fill), _shrinking(sizes[:, 1], width, fill)
    x = down[:, None] @ x @ across[:, None].transpose(2, 3)
    extent = where.new_tensor([x.shape[-1], x.shape[-2]])[:, None, None]
    grid = (2 * (where + MARGIN) + 1) / extent - 1
    x = F.grid_sample(x, grid.permute(0, 2, 3, 1), mode="bicubic", align_corners=False)
    return (paper - x if fill == "white" else x).clamp(0, 255) / 255
