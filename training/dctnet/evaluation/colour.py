"""What became of a photo's colours: chroma, lightness, grounds gone white; and what moving colours alone achieves."""

from __future__ import annotations

import cv2
import numpy as np
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from .. import data, losses
from ..ground import PAPER_MIN, Picture

CELL = 16
"""Pixels at 256 over which colours are averaged: lines and hatching are not colour."""


def difference(a: Picture, b: Picture, mask: Tensor) -> tuple[float, float]:
    """How far `a` lies from `b` in CIE Lab: mean distance in the a*b* plane, and mean signed difference of L*.

    Of 16-pixel averages, weighted by the mask [1, 1, H, W]; NaN where the mask is empty.
    """
    x, y = (F.avg_pool2d(losses.lab(data.to_tensor(p)[None]), CELL) for p in (a, b))
    weight = F.avg_pool2d(mask, CELL)[:, 0]
    if not weight.any():
        return float("nan"), float("nan")
    weight = weight / weight.sum()
    moved = x - y
    return float((moved[:, 1:].square().sum(1).sqrt() * weight).sum()), float((moved[:, 0] * weight).sum())


def near_white(picture: Picture, mask: NDArray[np.bool_]) -> float:
    """Share of the mask whose darkest channel is above 240, where a drawing counts as paper; NaN of an empty mask."""
    return float((picture[mask].min(-1) > PAPER_MIN).mean()) if mask.any() else float("nan")


def _lab(picture: Picture) -> NDArray[np.float32]:
    return cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)


def moments(picture: Picture, mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """[2, 3]: mean and standard deviation of L*, a*, b* within the mask."""
    values = _lab(picture)[mask]
    return np.stack([values.mean(0), values.std(0)])


def transfer(photo: Picture, own: NDArray[np.float32], wanted: NDArray[np.float32]) -> Picture:
    """The photo with the colours of a drawing (Reinhard et al. 2001, in CIE Lab): what is cheap and no drawing.

    The whole picture is moved as brings the moments `own` [2, 3], the person's, to `wanted`, those of a drawn person.
    """
    moved = (_lab(photo) - own[0]) * (wanted[1] / (own[1] + 1e-6)) + wanted[0]
    moved[..., 0] = moved[..., 0].clip(0, 100)
    return (cv2.cvtColor(moved, cv2.COLOR_LAB2RGB).clip(0, 1) * 255 + 0.5).astype(np.uint8)


def typology_angle(photo: Picture, skin: NDArray[np.bool_]) -> float:
    """Degrees: the individual typology angle atan((L* - 50) / b*) of the median skin colour (Chardon et al. 1991).

    Above 41 light, 10 to 41 intermediate and tan, below 10 brown and dark. It is of the light in a photo as much as of
    the skin.
    """
    lightness, _, yellow = np.median(_lab(photo)[skin], 0)
    return float(np.degrees(np.arctan2(lightness - 50, max(float(yellow), 1e-3))))
