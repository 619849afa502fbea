"""Crops of faces with their openness, and what may happen to them: everything but what tells how open something is."""

from __future__ import annotations

import dataclasses
import hashlib
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from ..data import DataError
from ..faces import align, locate
from ..faces.locate import Face
from ..prepare.check import turned
from .network import RATIO, SIZE

STORED, STORED_RATIO = 176, 0.6
"""Pixels of a stored crop and its ratio: wide enough to be turned and shrunk without a border coming in."""
SCALE, TURN, SHIFT = 1.25, 30.0, 0.06
"""Most a crop is scaled (either way), turned in degrees, and shifted in shares of its side."""
MOST_TURNED = 0.5
"""Further sideways (see `prepare.check.turned`) the hidden eye's landmarks are a guess."""


@dataclasses.dataclass(frozen=True)
class Faces:
    crops: NDArray[np.uint8]
    """[N, 176, 176, 3]"""
    openness: NDArray[np.float32]
    """[N, 3]"""
    folder: NDArray[np.int64]
    """[N]: which of the folders each came from."""
    held_out: NDArray[np.bool_]
    """[N]: a tenth, by a digest of the file's first three letters, so that two pictures of a person stay together."""


def _held_out(path: pathlib.Path) -> bool:
    return hashlib.sha256(f"{path.parent.name}/{path.stem[:3]}".encode()).digest()[0] < 26


def plausible(face: Face) -> bool:
    """Whether the landmarks tell openness: the mesh is sure, and the face looks ahead and has pixels enough."""
    left, right, *_ = align.five_points(face.landmarks)
    return face.sure > 0.9 and turned(face) < MOST_TURNED and float(np.linalg.norm(right - left)) > 24


def collect(folders: list[pathlib.Path], found: dict[pathlib.Path, list[Face]]) -> Faces:
    """The largest face of every picture of which landmarks are plausible. Raises DataError when there are too few."""
    crops, openness, folder, held = [], [], [], []
    for path, faces in tqdm(found.items(), desc="cropping faces", unit="picture"):
        if not faces or not plausible(faces[0]):
            continue
        crops.append(align.aligned(locate.read(path), faces[0].landmarks, STORED, STORED_RATIO))
        openness.append(align.openness(faces[0].landmarks))
        folder.append(next(i for i, root in enumerate(folders) if path.is_relative_to(root)))
        held.append(_held_out(path))
    if len(crops) < 200:
        raise DataError(f"expression: {len(crops)} faces look ahead and are clear; some hundred at least are needed")
    return Faces(np.stack(crops), np.array(openness, np.float32), np.array(folder), np.array(held))


def centred(crops: Tensor) -> Tensor:
    """[N, 3, 176, 176] → [N, 3, 112, 112], as a training that uses the regressor would cut them."""
    return _cut(crops, torch.zeros(len(crops)), torch.ones(len(crops)), torch.zeros(len(crops), 2))


def _cut(crops: Tensor, degrees: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """`scale` > 1 enlarges the face; a negative one mirrors it as well."""
    reach = STORED_RATIO / RATIO / scale.abs()
    cos, sin = torch.cos(torch.deg2rad(degrees)) * reach, torch.sin(torch.deg2rad(degrees)) * reach
    mirror = torch.sign(scale)
    rows = torch.stack(
        [torch.stack([cos * mirror, -sin, shift[:, 0]], 1), torch.stack([sin * mirror, cos, shift[:, 1]], 1)], 1
    )
    grid = F.affine_grid(rows, [len(crops), 3, SIZE, SIZE], align_corners=False)
    return F.grid_sample(crops, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


def _blurred(x: Tensor, factor: int) -> Tensor:
    return F.interpolate(F.avg_pool2d(x, factor), x.shape[-2:], mode="bilinear", align_corners=False)


def augmented(crops: Tensor, openness: Tensor, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """GEM for faces: turned, scaled, shifted, mirrored; then made to look unlike a photo, each sample in its own way:
    other light and colours, gray, blurred, in a few flat tones, with ink along its edges."""
    count = len(crops)

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        return torch.rand(count, *shape, generator=rng) * (high - low) + low

    def chance(share: float) -> Tensor:
        return (torch.rand(count, 1, 1, 1, generator=rng) < share).float()

    mirrored = torch.rand(count, generator=rng) < 0.5
    scale = torch.exp(uniform(-np.log(SCALE), np.log(SCALE)))
    x = _cut(crops, uniform(-TURN, TURN), torch.where(mirrored, -scale, scale), uniform(-SHIFT, SHIFT, 2))
    openness = torch.where(mirrored[:, None], openness[:, [1, 0, 2]], openness)
    x = torch.lerp(x, _blurred(x, 2), chance(0.25) * uniform(0, 1, 1, 1, 1))
    x = torch.lerp(x, _blurred(x, 4), chance(0.1) * uniform(0, 0.7, 1, 1, 1))
    x = torch.lerp(x, x.mean(1, keepdim=True).expand_as(x), chance(0.3))
    levels = uniform(3, 8, 1, 1, 1)
    x = torch.lerp(x, torch.round(_blurred(x, 2) * levels) / levels, chance(0.25))
    gray = x.mean(1, keepdim=True)
    ink = (F.avg_pool2d(gray, 5, 1, 2) - F.avg_pool2d(gray, 3, 1, 1) - 0.02).clamp(0) * uniform(4, 16, 1, 1, 1)
    x = x - chance(0.3) * ink
    gamma = torch.exp(uniform(-0.5, 0.5, 1, 1, 1))
    x = ((x + 1) / 2).clamp(1e-3, 1) ** gamma * 2 - 1
    x = x * uniform(0.5, 1.3, 1, 1, 1) + uniform(-0.3, 0.3, 1, 1, 1) + uniform(-0.12, 0.12, 3, 1, 1)
    x = x + torch.randn(x.shape, generator=rng) * uniform(0, 0.05, 1, 1, 1)
    return x.clamp(-1, 1), openness
