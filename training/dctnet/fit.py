"""Fits a drawing to the face of a photo: where each eye and the mouth are, how light and which colour each place is.

A photo has no drawing of itself, and two faces differ more than two drawings of one face do. An exemplar whose
landmarks are moved onto the photo's and whose tone is the photo's says how this artist draws an eye *here*, which is
what the statistics loss of `losses.py` compares with. It is not a likeness, so nothing compares it pixel by pixel.
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from . import lab, warp
from .faces import align, regions
from .faces.align import Matrix, Points
from .ground import Picture
from .warp import Places

SUPPORT = 1.1
"""How far from a landmark the face is bent, in face sizes; beyond it the drawing is only turned and scaled."""
RIDGE = 0.05
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


def places(bending: Bending, view: Matrix, crop: int) -> Places:
    """Where the pixels of a crop of the photo lie in the drawing. `view` takes the photo's pixels to the crop's."""
    back = align.inverse(view)
    return warp.gridded(bending(warp.pixels(crop) @ back[:, :2].T + back[:, 2]))


def fading(places: Places, side: int) -> NDArray[np.float32]:
    """[n, n] in 0 … 1: how far to believe a drawing of `side` pixels at these places.

    A drawing ends where its paper does; a mask that ends as sharply would teach a line there.
    """
    return (np.minimum(places, side - 1 - places).min(2) / (FADE * side)).clip(0, 1).astype(np.float32)


def _blurring(sigmas: Tensor, size: int) -> Tensor:
    """[N] → [N, size, size]: matrices that blur `size` pixels by a Gaussian, the border mirrored in."""
    along = torch.arange(size, device=sigmas.device)
    apart = along[:, None] - torch.arange(1 - size, 2 * size - 1, device=sigmas.device)
    weight = torch.exp(-0.5 * (apart / sigmas[:, None, None].clamp_min(0.1)) ** 2)
    before, within, after = weight.split([size - 1, size, size - 1], 2)
    folded = within + F.pad(before.flip(2), (1, 0)) + F.pad(after.flip(2), (0, 1))
    return folded / folded.sum(2, keepdim=True)


def _around(channels: Tensor, masks: Tensor, sigmas: Tensor) -> Tensor:
    """[N, C, H/4, W/4]: each place's mean over its surroundings within the mask."""
    weighted = F.avg_pool2d(torch.cat([channels * masks, masks], 1), 4)
    down, across = (_blurring(sigmas / 4, size)[:, None] for size in weighted.shape[2:])
    weighted = down @ weighted @ across.transpose(2, 3)
    return weighted[:, :-1] / (weighted[:, -1:] + 1e-3)


def retone(drawings: Tensor, photos: Tensor, masks: Tensor, sigmas: Tensor, tone: float, colour: float) -> Tensor:
    """The drawings [N, 3, H, W] in 0 … 1 with the photos' tone around each place of the masks; ink stays ink.

    `masks` [N, 1, H, W] in 0 … 1, `sigmas` [N] pixels. `tone` and `colour` 0 … 1 are how far CIE L* and a*, b* go to
    the photo's. L* is scaled, by 0.4 … 2.2 at most, and chroma is moved as far as a place is light, so that black lines
    stay black.
    """
    if not tone and not colour:
        return drawings
    own = lab.from_rgb(drawings).contiguous()
    here, there = _around(own, masks, sigmas), _around(lab.from_rgb(photos).contiguous(), masks, sigmas)
    gain = ((there[:, :1] + 3) / (here[:, :1] + 3)).clamp(0.4, 2.2) ** tone
    tones = torch.cat([gain, here[:, :1] + 3, colour * (there[:, 1:] - here[:, 1:])], 1)
    gain, lightness, moved = F.interpolate(tones, own.shape[2:], mode="bilinear", align_corners=False).split(
        [1, 1, 2], 1
    )
    chroma = own[:, 1:] + (own[:, :1] / lightness).clamp(0, 1) * moved
    return lab.to_rgb(torch.cat([(own[:, :1] * gain).clamp(0, 100), chroma], 1))


SOFT = 4
"""Pixels over which the edges of a transplant are smoothed."""
EYE_REACH = 1.6
"""Radius of what grows with an eye, in its widths."""


def with_larger_eyes(pictures: Tensor, landmarks: Tensor, times: float) -> Tensor:
    """The pictures [N, 3, S, S] with eyes `times` as large; what is around them gives way. `landmarks` [N, 68, 2]."""
    size = pictures.shape[-1]
    along = torch.arange(size, dtype=torch.float32, device=pictures.device)
    places = torch.stack(torch.meshgrid(along, along, indexing="xy"), -1).expand(len(pictures), -1, -1, -1)
    moved = places.clone()
    for eye in (align.LEFT_EYE, align.RIGHT_EYE):
        points = landmarks[:, eye].to(places)
        reach = EYE_REACH * (points.amax(1) - points.amin(1)).amax(1)[:, None, None, None]
        away = places - points.mean(1)[:, None, None]
        near = (1 - (away / reach).square().sum(-1, keepdim=True)).clamp_min(0).square()
        moved = moved - (1 - 1 / times) * near * away
    return F.grid_sample(pictures, (2 * moved + 1) / size - 1, padding_mode="border", align_corners=False)


def transplant(drawings: Tensor, pictures: Tensor, inner: Tensor, outer: Tensor) -> Tensor:
    """The drawings [N, 3, H, W] in 0 … 1 with a part from the pictures, whose colours are moved as a whole so that both
    agree around it.

    `inner` and `outer` [N, 1, H, W] in 0 … 1 are the part, and the part with what is around it, over which the one
    becomes the other.
    """
    own, other = lab.from_rgb(drawings), lab.from_rgb(pictures)
    ring = outer * (1 - inner)
    missed = ((own - other) * ring).sum((2, 3), True) / ring.sum((2, 3), True).clamp_min(1)
    share = F.avg_pool2d((inner + outer) / 2, 2 * SOFT + 1, 1, SOFT, count_include_pad=False)
    return lab.to_rgb(torch.lerp(own, other + missed, share))


VERSION = 3
"""Of thumbnails: those of another are made anew."""
THUMBNAIL = (24, 24, 4)
THUMBNAIL_RATIO = 0.45
"""Of `align.matrix`: the face with hair and shoulders."""
HEAD_MIDDLE, HEAD_RADII = (11.0, 11.5), (10.0, 8.0)
"""Down and across, in a thumbnail: head and hair count, what is behind them does not."""
LIT = 80
"""Percentile of the cheeks that tells how light skin is: artists draw it as where a photo's is lit."""


def _headed() -> NDArray[np.float32]:
    """[24, 24, 1]: 1 on the head, falling to 0 around it."""
    down, across = ((np.arange(24) - at) / radius for at, radius in zip(HEAD_MIDDLE, HEAD_RADII, strict=True))
    return (1.5 - down[:, None] ** 2 - across**2).clip(0, 1)[..., None].astype(np.float32)


def thumbnail(picture: Picture, landmarks: Points) -> NDArray[np.float32]:
    """[24, 24, 4] what drawings are chosen by, of the upright head in CIE Lab: how much lighter each place is than the
    skin, a* and b* at half weight, and, everywhere, how light the skin is. NaN without landmarks.

    Skin counts in every place, since a mistake in it is dear: a drawing of lighter skin must be darkened to a photo's
    tone, which takes the contrasts that are the style.
    """
    if np.isnan(landmarks).any():
        return np.full(THUMBNAIL, np.nan, np.float32)
    side = 4 * THUMBNAIL[0]
    view = align.matrix(landmarks, side, THUMBNAIL_RATIO)
    head = cv2.cvtColor(align.warp(picture, view, side, side).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    cheeks = regions.cheeks(align.apply(view, landmarks), side)
    skin = np.percentile(head[cheeks if cheeks.any() else ...][..., 0], LIT)
    small = cv2.resize(head, THUMBNAIL[:2], interpolation=cv2.INTER_AREA)
    small[..., 0] -= skin
    small *= np.float32([1, 0.5, 0.5]) * _headed()
    return np.dstack([small, np.full(THUMBNAIL[:2], skin, np.float32)])


def nearest(photos: NDArray[np.float32], exemplars: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """[N, K] for each photo the exemplars whose thumbnails look most like it, best first; only such as have a face."""
    known = np.flatnonzero(~np.isnan(exemplars).any((1, 2, 3)))
    a = np.nan_to_num(photos.reshape(len(photos), -1))
    b = exemplars[known].reshape(len(known), -1)
    apart = (a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T
    return known[np.argsort(apart, 1)[:, : min(count, len(known))]]
