"""What one step of training sees: photos, what each should look like, and drawings for the discriminators.

What is shown how is drawn by NumPy, so that it is the same on every machine; pictures are made where the network is.
"""

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

from . import fit
from .config import Config
from .data import PHOTO_SIZE, Pictures
from .faces import regions
from .faces.align import Points
from .gem import View, hue_matrix
from .warp import Places, everywhere, warp

FACE, HEAD = (0.7, 1.1), (1.0, 1.4)
"""Distances from the landmarks' middle, in face sizes, up to which the face (and the head with its hair) counts whole,
and from which it does not."""
EDGE = 0.04
"""Sigma in face sizes of the edge of a drawing that ends at the face."""
SHARPEST = 0.85
"""Crops show their picture at this share of its own pixels or less: enlarged further, it would teach blur."""


def _falling(away: Tensor, full: float, none: float) -> Tensor:
    return ((none - away) / (none - full)).clamp(0, 1)


def composed(drawing: Tensor, mask: Tensor, behind: Tensor) -> Tensor:
    """`ground.compose` of tensors in 0 … 1, the mask [N, 1, H, W]."""
    return drawing * torch.lerp(behind, torch.ones_like(behind), mask)


@dataclasses.dataclass
class Batch:
    """B samples; pictures as float [B, 3, crop, crop] in -1 … 1."""

    photos: Tensor
    targets: Tensor
    """What each photo's drawing is like; where there is none, the photo itself."""
    weights: Tensor
    """[B, 1, crop, crop] how far to believe the target at each place, 0 … 1; 0 where there is none."""
    landmarks: Tensor
    """[B, 68, 2] of each photo's largest face, in pixels of the crop; NaN where none was found. On the CPU."""
    exemplars: Tensor
    """What the discriminators are shown as real; none when there are no exemplars."""


@dataclasses.dataclass(frozen=True)
class Seen:
    """A picture [S, S, C] and where the pixels of a crop lie in it."""

    picture: NDArray[np.uint8]
    places: Places


@dataclasses.dataclass(frozen=True)
class Fitted:
    """A drawing fitted to a photo's face, and what the style makes of the photo's ground."""

    drawing: Seen
    ground: Seen


@dataclasses.dataclass(frozen=True)
class Shot:
    """A sample that is drawn, but not made yet."""

    photo: Seen
    landmarks: Points
    """[68, 2] in the crop, or NaN."""
    target: Fitted | Seen | None
    """A drawing fitted to the photo, or the CCN's picture of it. None: the photo is all there is."""


class Batches:
    """The batches that process `rank` of `size` sees from step `start` on, `train.accumulate` of them for a step.

    Each is a function of the seed, the step and its number among the step's `size` · `accumulate` batches alone: a
    resumed run continues with the same samples, and one process sees what several would have seen.
    """

    def __init__(
        self, pictures: Pictures, config: Config, start: int, device: torch.device, rank: int = 0, size: int = 1
    ) -> None:
        self.pictures, self.config, self.start = pictures, config, start
        self.device, self.rank, self.size = device, rank, size

    def __len__(self) -> int:
        return max(0, self.config.train.steps - self.start) * self.config.train.accumulate

    @torch.no_grad()
    def __getitem__(self, index: int) -> Batch:
        cv2.setNumThreads(1)
        if index >= len(self):
            raise IndexError(index)
        train = self.config.train
        step, number = divmod(index, train.accumulate)
        rng = np.random.default_rng((train.seed, self.start + step, number * self.size + self.rank))
        shots = [self._shot(rng) for _ in range(train.batch)]
        drawings: list[Fitted | Seen | int] = []
        for place in range(train.batch if len(self.pictures.usable_exemplars) else 0):
            # The fitted ones stand as photos' faces do; the others show the artist's own proportions.
            another = (place + 1) % train.batch
            is_fitted = place % 2 or self.config.exemplars.features
            if self._sampled(rng):
                drawings.append(self._pair(rng)[1])
            else:
                drawings.append(another if is_fitted and shots[another].target else self._exemplar(rng))
        landmarks = torch.from_numpy(np.stack([shot.landmarks for shot in shots]))
        photos = self._warp([shot.photo for shot in shots])
        targets, weights = self._targets(shots, photos, landmarks.to(self.device))
        exemplars = self._exemplars(drawings, targets)
        hues = self._hues(rng, train.batch)
        return Batch(
            self._finished(photos, hues),
            self._finished(targets, hues),
            weights,
            landmarks,
            self._finished(exemplars, self._hues(rng, len(drawings))),
        )

    def _shot(self, rng: np.random.Generator) -> Shot:
        """A photo, and a drawing fitted to its face; or a pair of the CCN."""
        pictures, crop = self.pictures, self.config.train.crop
        if self._sampled(rng):
            photo, target, landmarks = self._pair(rng)
            return Shot(photo, landmarks, target)
        which = rng.choice(pictures.usable)
        view = View.draw(rng, self.config.gem, SHARPEST * crop / PHOTO_SIZE)
        landmarks = pictures.photo_landmarks[which]
        places = view.places(PHOTO_SIZE, crop)
        photo, seen = Seen(pictures.photos[which], places), view.carry(landmarks, PHOTO_SIZE, crop)
        if not pictures.nearest.shape[1] or np.isnan(landmarks).any():
            return Shot(photo, seen, None)
        drawing = rng.choice(pictures.nearest[which])
        bend = self.config.exemplars.bend
        bending = fit.Bending.between(landmarks, pictures.exemplar_landmarks[drawing], bend)
        fitted = fit.places(bending, view.matrix(PHOTO_SIZE, crop), crop)
        return Shot(
            photo, seen, Fitted(Seen(pictures.exemplars[drawing], fitted), Seen(pictures.grounds[which], places))
        )

    def _sampled(self, rng: np.random.Generator) -> bool:
        """Whether the CCN's turn has come. Draws nothing where it has no samples."""
        return self.pictures.samples is not None and rng.random() < self.config.exemplars.samples

    def _pair(self, rng: np.random.Generator) -> tuple[Seen, Seen, Points]:
        """One of the CCN's sources, its target in the same view, and the source's landmarks there."""
        samples, crop = self.pictures.samples, self.config.train.crop
        assert samples is not None
        which, side = rng.integers(len(samples.sources)), samples.sources.shape[1]
        # They show little but a face: if smaller than a crop, softer is better than mirror images around it.
        view = View.draw(rng, self.config.gem, min(1.0, SHARPEST * crop / side))
        places = view.places(side, crop)
        landmarks = view.carry(samples.landmarks[which], side, crop)
        return Seen(samples.sources[which], places), Seen(samples.targets[which], places), landmarks

    def _exemplar(self, rng: np.random.Generator) -> Fitted:
        """A drawing as it is, on the ground of any photo."""
        seen = []
        for pictures, usable in (
            (self.pictures.exemplars, self.pictures.usable_exemplars),
            (self.pictures.grounds, self.pictures.usable),
        ):
            view = View.draw(rng, self.config.gem)
            seen.append(Seen(pictures[rng.choice(usable)], view.places(pictures.shape[1], self.config.train.crop)))
        return Fitted(*seen)

    def _hues(self, rng: np.random.Generator, count: int) -> dict[int, NDArray[np.float32]]:
        share = self.config.gem.hue_share
        return {place: hue_matrix(rng) for place in range(count) if rng.random() < share}

    def _warp(self, seen: list[Seen], fill: str | None = None) -> Tensor:
        pictures, places = [one.picture for one in seen], [one.places for one in seen]
        return warp(pictures, places, self.config.train.crop, fill or self.config.gem.fill, self.device)

    def _targets(self, shots: list[Shot], photos: Tensor, landmarks: Tensor) -> tuple[Tensor, Tensor]:
        """What each photo's drawing is like, and how far to believe that."""
        crop = self.config.train.crop
        targets, weights = photos.clone(), photos.new_zeros(len(shots), 1, crop, crop)
        calibrated = {place: shot.target for place, shot in enumerate(shots) if isinstance(shot.target, Seen)}
        if calibrated:
            targets[list(calibrated)] = self._warp(list(calibrated.values()))
            weights[list(calibrated)] = 1.0
        known = {place: shot.target for place, shot in enumerate(shots) if isinstance(shot.target, Fitted)}
        if known:
            self._fit(known, photos, landmarks, targets, weights)
        return targets, weights

    def _fit(
        self, known: dict[int, Fitted], photos: Tensor, landmarks: Tensor, targets: Tensor, weights: Tensor
    ) -> None:
        """Puts fitted drawings into their places among the targets."""
        settings, crop, places = self.config.exemplars, self.config.train.crop, list(known)
        drawings = [target.drawing for target in known.values()]
        fitted = self._warp(drawings, "white")
        fading = np.stack([fit.fading(each.places, each.picture.shape[0]) for each in drawings])[:, None]
        seen = landmarks[places]
        face = (seen.amax(1) - seen.amin(1)).amax(1)
        along = torch.arange(crop, dtype=torch.float32, device=self.device)
        centre = seen.mean(1)[..., None, None]
        away = torch.hypot(along - centre[:, 0], along[:, None] - centre[:, 1])[:, None] / face[:, None, None, None]
        drawn = fitted[:, 3:]
        kept = _falling(away, *HEAD) * everywhere(torch.from_numpy(fading).to(self.device), crop)
        if not settings.hair:
            kept = kept * self._bare(seen)
        sigma = fit.TONE_BLUR * face
        toned = fit.retone(fitted[:, :3], photos[places], drawn * kept, sigma, settings.tone, settings.colour)
        # Paper has no tone of its own: darkened with the hair beside it, it would be a halo.
        toned = torch.lerp(fitted[:, :3], toned, drawn)
        behind = self._warp([target.ground for target in known.values()])
        if settings.features:
            toned = torch.lerp(toned, self._with_features(toned, photos[places], seen), settings.features)
        # Set on its ground first and faded out then: what fades as paper does would leave its shadow on the ground.
        targets[places] = torch.lerp(behind, composed(toned, drawn, behind), kept)
        weights[places] = settings.around + (1 - settings.around) * _falling(away, *FACE)

    def _bare(self, landmarks: Tensor) -> Tensor:
        """[N, 1, crop, crop] in 0 … 1: the faces without what may be hair, with soft edges."""
        crop = self.config.train.crop
        found = []
        for points in landmarks.cpu().numpy():
            mask = regions.bare(points, crop, crop)
            found.append(cv2.GaussianBlur(mask, (0, 0), max(1.0, EDGE * fit.size(points))))
        return torch.from_numpy(np.stack(found)[:, None]).to(self.device)

    def _with_features(self, drawings: Tensor, photos: Tensor, landmarks: Tensor) -> Tensor:
        """The drawings with the photos' eyes, as large as the style has them, and mouths."""
        crop, eyes = self.config.train.crop, self.config.exemplars.eyes
        photos = fit.with_larger_eyes(photos, landmarks, eyes)
        found = np.stack([regions.parts(points, crop, crop, eyes) for points in landmarks.cpu().numpy()])
        for masks in torch.from_numpy(found).to(self.device).unbind(1):
            inner, outer = masks[:, :, None].unbind(1)
            drawings = fit.transplant(drawings, photos, inner, outer)
        return drawings

    def _exemplars(self, drawings: list[Fitted | Seen | int], targets: Tensor) -> Tensor:
        """Drawings on grounds, targets of the CCN, and some of the batch's own."""
        found = targets.new_empty(len(drawings), *targets.shape[1:])
        free = [place for place, drawing in enumerate(drawings) if isinstance(drawing, Fitted)]
        if free:
            chosen = [drawing for drawing in drawings if isinstance(drawing, Fitted)]
            drawn = self._warp([each.drawing for each in chosen])
            found[free] = composed(drawn[:, :3], drawn[:, 3:], self._warp([each.ground for each in chosen]))
        for place, drawing in enumerate(drawings):
            if isinstance(drawing, int):
                found[place] = targets[drawing]
            elif isinstance(drawing, Seen):
                found[place] = self._warp([drawing])[0]
        return found

    def _finished(self, pictures: Tensor, hues: dict[int, NDArray[np.float32]]) -> Tensor:
        """0 … 1 → -1 … 1, with some hues turned."""
        for place, matrix in hues.items():
            turn = torch.from_numpy(matrix).to(self.device)
            pictures[place] = torch.einsum("chw,dc->dhw", pictures[place], turn).clamp(0, 1)
        return (pictures * 2 - 1).contiguous(memory_format=torch.channels_last)


def prefetched(batches: Batches, ahead: int = 4) -> Iterator[Batch]:
    """The batches in order, made in a thread: OpenCV releases the interpreter's lock; a fork of it hangs."""
    with concurrent.futures.ThreadPoolExecutor(1) as maker:
        waiting: collections.deque[concurrent.futures.Future[Batch]] = collections.deque()
        for index in range(len(batches)):
            waiting.append(maker.submit(batches.__getitem__, index))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
