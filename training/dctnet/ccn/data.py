"""Aligned faces and exemplars, packed once as uint8, then sampled: batch i is a function of (seed, i) alone."""

from __future__ import annotations

import dataclasses
import hashlib
import pathlib
from collections.abc import Callable

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from .. import data, ground, split
from ..data import DataError
from ..faces import locate as locate_faces
from ..faces.align import Points
from ..ground import Picture
from . import align

Locate = Callable[[Picture], "Points | None"]
"""The 68 landmarks of the largest face of a picture of any size, in pixels; None where there is none."""


def largest_face(locator: locate_faces.Locator) -> Locate:
    def locate(picture: Picture) -> Points | None:
        faces = locator.faces(picture)
        return faces[0].landmarks if faces else None

    return locate


SHOWN = 8
GROUNDS = 256
"""Photos whose grounds exemplars are set on."""
LEAST_SHARPNESS = 0.6
"""A face whose square is smaller than this share of the wanted size would teach blur."""
MOST_OVERHANG = 0.2
"""A face whose square leaves its picture farther than this share of its side would teach mirrored eyes above it."""


def pack(
    paths: list[pathlib.Path],
    what: str,
    size: int,
    locate: Locate | None,
    cache: pathlib.Path,
    masked: bool = False,
) -> NDArray[np.uint8]:
    """[N, size, size, 3] aligned faces, 4 with `masked`: where something is drawn (`ground.cut`), found at a drawing's
    own size, where lines are wide. Pictures without a face, or with one too small or cut, are left out.

    Without `locate` the pictures must be FFHQ-aligned already. Raises DataError when nothing is left.
    """
    kind = "as-is" if locate is None else f"located-{LEAST_SHARPNESS}-{MOST_OVERHANG}"

    def with_mask(picture: Picture) -> Picture:
        return np.dstack((picture, ground.cut(picture))) if masked else picture

    def make(path: pathlib.Path) -> Picture | None:
        if locate is None:
            whole = with_mask(data.read(path, max(size, data.EXEMPLAR_SIZE) if masked else size))
            return cv2.resize(whole, (size, size), interpolation=cv2.INTER_AREA)
        picture = locate_faces.read(path)
        points = locate(picture)
        if points is None or align.side(points) < LEAST_SHARPNESS * size:
            return None
        if align.overhang(points, *picture.shape[:2]) > MOST_OVERHANG:
            return None
        return align.aligned(with_mask(picture), points, size)

    return packed(cache, f"{what}-{kind}-{size}", paths, make)


def packed(
    cache: pathlib.Path, name: str, paths: list[pathlib.Path], make: Callable[[pathlib.Path], Picture | None]
) -> NDArray[np.uint8]:
    """What `make` gives for every path but for None, computed once for this list and memory-mapped afterwards."""
    stamps = "\n".join(f"{p}:{p.stat().st_size}" for p in paths)
    path = cache / f"{name}-{hashlib.sha256(stamps.encode()).hexdigest()[:12]}.npy"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        found = [made for p in tqdm(paths, desc=name, unit="picture") if (made := make(p)) is not None]
        if not found:
            raise DataError(f"{name}: none of {len(paths)} pictures shows a face that is large and whole enough")
        print(f"{name}: {len(found)} of {len(paths)} pictures")
        partial = path.with_suffix(".partial")
        with partial.open("wb") as file:
            np.save(file, np.stack(found))
        partial.rename(path)
    return np.load(path, mmap_mode="r")


@dataclasses.dataclass(frozen=True)
class Pictures:
    photos: NDArray[np.uint8]
    """[N, size, size, 3] aligned."""
    shown: NDArray[np.uint8]
    """[8, size, size, 3] aligned photos that are never trained on: what grids show."""
    exemplars: NDArray[np.uint8]
    """[M, size, size, 4] aligned, on their paper, with the mask of `ground.cut`; empty while G_s is trained."""
    grounds: NDArray[np.uint8]
    """[K, size, size, 3] photos rendered as grounds; empty while G_s is trained."""

    @staticmethod
    def load(
        photos: list[pathlib.Path],
        exemplars: list[pathlib.Path],
        size: int,
        locate: Locate | None,
        cache: pathlib.Path,
        aligned_exemplars: bool = False,
        kind: str = "ink",
    ) -> Pictures:
        """`locate` None: everything is aligned already; `aligned_exemplars`: the exemplars are. `kind` of ground."""
        held = split.held_out(photos)
        photos, kept = [p for p in photos if p not in held], [p for p in photos if p in held] or photos
        faces = pack(photos, "photos", size, locate, cache)
        shown = pack(kept[:: max(1, len(kept) // SHOWN)], "shown", size, locate, cache)
        shown = np.resize(shown, (SHOWN, *shown.shape[1:]))
        if not exemplars:
            empty = np.empty((0, size, size, 4), np.uint8)
            return Pictures(faces, shown, empty, empty[..., :3])
        drawn = pack(exemplars, "cut-out", size, None if aligned_exemplars else locate, cache, masked=True)
        chosen = photos[:: max(1, len(photos) // GROUNDS)][:GROUNDS]
        grounds = packed(cache, f"{kind}-{size}", chosen, lambda path: ground.render(data.read(path, size), kind))
        return Pictures(faces, shown, drawn, grounds)


@dataclasses.dataclass
class Batch:
    photos: Tensor
    """[B, 3, size, size] in -1 … 1."""
    exemplars: Tensor
    """[B, 3, size, size]; none while G_s is trained."""

    def to(self, device: torch.device) -> Batch:
        parts = (self.photos, self.exemplars)
        return Batch(*(p.to(device, memory_format=torch.channels_last, non_blocking=True) for p in parts))


class Batches:
    """Sized and indexed from where a run begins: batch `index` is that of step `start + index`."""

    def __init__(self, pictures: Pictures, count: int, grounds: float, seed: int, start: int, steps: int) -> None:
        self.pictures, self.count, self.grounds = pictures, count, grounds
        self.seed, self.start, self.steps = seed, start, steps

    def __len__(self) -> int:
        return max(0, self.steps - self.start)

    def exemplar(self, rng: np.random.Generator) -> Picture:
        drawing = self.pictures.exemplars[rng.integers(len(self.pictures.exemplars))]
        if rng.random() >= self.grounds:
            return drawing[..., :3]
        behind = self.pictures.grounds[rng.integers(len(self.pictures.grounds))]
        return ground.compose(drawing[..., :3], drawing[..., 3], behind[:, :: -1 if rng.random() < 0.5 else 1])

    def __getitem__(self, index: int) -> Batch:
        if index >= len(self):
            raise IndexError(index)
        rng = np.random.default_rng((self.seed, self.start + index))

        def mirrored(picture: Picture) -> Tensor:
            return data.to_tensor(picture[:, :: -1 if rng.random() < 0.5 else 1])

        photos = [mirrored(self.pictures.photos[rng.integers(len(self.pictures.photos))]) for _ in range(self.count)]
        drawn = [mirrored(self.exemplar(rng)) for _ in range(self.count if len(self.pictures.exemplars) else 0)]
        empty = torch.empty(0, *photos[0].shape)
        return Batch(torch.stack(photos), torch.stack(drawn) if drawn else empty)
