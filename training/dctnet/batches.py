"""What one step of training sees: photos, what each should look like, and drawings for the discriminators."""

from __future__ import annotations

import collections
import concurrent.futures
import dataclasses
from collections.abc import Iterator

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from . import fit, ground
from .config import Config
from .data import PHOTO_SIZE, Pictures
from .faces import align
from .gem import View, hue_matrix, warp
from .ground import Picture

FACE, HEAD = (0.7, 1.1), (1.0, 1.4)
"""Distances from the landmarks' middle, in face sizes, up to which the face (and the head with its hair) counts whole,
and from which it does not."""


def _falling(away: NDArray[np.float32], full: float, none: float) -> NDArray[np.float32]:
    return ((none - away) / (none - full)).clip(0, 1)


@dataclasses.dataclass
class Batch:
    """B samples; pictures as float [B, 3, crop, crop] in -1 … 1."""

    photos: Tensor
    targets: Tensor
    """What each photo's drawing is like; where there is none, the photo itself."""
    weights: Tensor
    """[B, 1, crop, crop] how far to believe the target at each place, 0 … 1; 0 where there is none."""
    exemplars: Tensor
    """What the discriminators are shown as real; none when there are no exemplars."""


@dataclasses.dataclass
class Sampled:
    """A batch as it leaves the CPU: bytes, a quarter of the traffic; the device makes floats of them."""

    photos: NDArray[np.uint8]
    """[B, crop, crop, 3], as the targets and exemplars."""
    targets: NDArray[np.uint8]
    weights: NDArray[np.float32]
    """[B, crop, crop]."""
    exemplars: NDArray[np.uint8]
    hues: NDArray[np.float32]
    """[B, 3, 3] for photos and targets."""
    exemplar_hues: NDArray[np.float32]

    def to(self, device: torch.device) -> Batch:
        def pictures(array: NDArray[np.uint8], hues: NDArray[np.float32]) -> Tensor:
            x = torch.from_numpy(array).to(device, non_blocking=True).float() / 255
            x = torch.einsum("nhwc,ndc->nhwd", x, torch.from_numpy(hues).to(device)).clamp(0, 1)
            return x.permute(0, 3, 1, 2) * 2 - 1

        return Batch(
            pictures(self.photos, self.hues),
            pictures(self.targets, self.hues),
            torch.from_numpy(self.weights).to(device)[:, None],
            pictures(self.exemplars, self.exemplar_hues),
        )


class Batches:
    """The batches that process `rank` of `size` sees from step `start` on, `train.accumulate` of them for a step.

    Each is a function of the seed, the step and its number among the step's `size` · `accumulate` batches alone: a
    resumed run continues with the same samples, and one process sees what several would have seen.
    """

    def __init__(self, pictures: Pictures, config: Config, start: int, rank: int = 0, size: int = 1) -> None:
        self.pictures, self.config, self.start, self.rank, self.size = pictures, config, start, rank, size

    def __len__(self) -> int:
        return max(0, self.config.train.steps - self.start) * self.config.train.accumulate

    def __getitem__(self, index: int) -> Sampled:
        cv2.setNumThreads(1)
        if index >= len(self):
            raise IndexError(index)
        train = self.config.train
        count, (step, number) = train.batch, divmod(index, train.accumulate)
        rng = np.random.default_rng((train.seed, self.start + step, number * self.size + self.rank))
        photos, targets, weights = zip(*(self._calibrated(rng) for _ in range(count)), strict=True)
        exemplars = []
        for number in range(count if len(self.pictures.usable_exemplars) else 0):
            # The calibrated ones stand as photos' faces do; the others show the artist's own proportions.
            another = (number + 1) % count
            exemplars.append(targets[another] if number % 2 and weights[another].any() else self._exemplar(rng))
        shape = (0, *photos[0].shape)
        return Sampled(
            np.stack(photos),
            np.stack(targets),
            np.stack(weights),
            np.stack(exemplars) if exemplars else np.empty(shape, np.uint8),
            self._hues(rng, count),
            self._hues(rng, len(exemplars)),
        )

    def _hues(self, rng: np.random.Generator, count: int) -> NDArray[np.float32]:
        share = self.config.gem.hue_share
        turned = [hue_matrix(rng) if rng.random() < share else np.eye(3, dtype=np.float32) for _ in range(count)]
        return np.stack(turned) if turned else np.empty((0, 3, 3), np.float32)

    def _exemplar(self, rng: np.random.Generator) -> Picture:
        """A drawing on the ground of any photo."""
        pictures, crop = self.pictures, self.config.train.crop
        drawing = View.draw(rng, self.config.gem).apply(pictures.exemplars[rng.choice(pictures.usable_exemplars)], crop)
        behind = View.draw(rng, self.config.gem).apply(pictures.grounds[rng.choice(pictures.usable)], crop)
        return ground.compose(drawing[..., :3], drawing[..., 3], behind)

    def _calibrated(self, rng: np.random.Generator) -> tuple[Picture, Picture, NDArray[np.float32]]:
        """A photo, a drawing fitted to its face on its own ground, and where that is to be believed."""
        pictures, crop, settings = self.pictures, self.config.train.crop, self.config.exemplars
        which = rng.choice(pictures.usable)
        view = View.draw(rng, self.config.gem, 0.85 * crop / PHOTO_SIZE)
        matrix = view.matrix(PHOTO_SIZE, crop)
        photo = warp(pictures.photos[which], matrix, crop)
        landmarks = pictures.photo_landmarks[which]
        if not pictures.nearest.shape[1] or np.isnan(landmarks).any():
            return photo, photo, np.zeros((crop, crop), np.float32)
        drawing = rng.choice(pictures.nearest[which])
        bending = fit.Bending.between(landmarks, pictures.exemplar_landmarks[drawing], settings.bend)
        fitted = fit.sample(pictures.exemplars[drawing], bending, cv2.invertAffineTransform(matrix), crop)
        seen = align.apply(matrix, landmarks)
        face = fit.size(seen)
        y, x = np.mgrid[:crop, :crop].astype(np.float32)
        away = np.hypot(x - seen[:, 0].mean(), y - seen[:, 1].mean()) / face
        fitted[..., 3] = fitted[..., 3] * _falling(away, *HEAD)
        mask = fitted[..., 3].astype(np.float32) / 255
        toned = fit.retone(fitted[..., :3], photo, mask, fit.TONE_BLUR * face, settings.tone, settings.colour)
        target = ground.compose(toned, fitted[..., 3], warp(pictures.grounds[which], matrix, crop))
        near = _falling(away, *FACE)
        return photo, target, (settings.around + (1 - settings.around) * near).astype(np.float32)


def prefetched(batches: Batches, ahead: int = 4) -> Iterator[Sampled]:
    """The batches in order, made in a thread: OpenCV releases the interpreter's lock; a fork of it hangs."""
    with concurrent.futures.ThreadPoolExecutor(1) as maker:
        waiting: collections.deque[concurrent.futures.Future[Sampled]] = collections.deque()
        for index in range(len(batches)):
            waiting.append(maker.submit(batches.__getitem__, index))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
