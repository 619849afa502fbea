"""What pictures are compared by: VGG19 features inside a mask, at 256 pixels."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from .. import data
from ..ground import Picture
from ..vgg import Vgg19

TAPS = ("1_2", "2_2", "3_4")
CONTENT = ("3_4",)
COMPARED_SIZE = 256

Features = dict[str, Tensor]


def compared(picture: Picture) -> Picture:
    """[S, S, 3] → [256, 256, 3]."""
    if picture.shape[:2] == (COMPARED_SIZE, COMPARED_SIZE):
        return picture
    return np.asarray(Image.fromarray(picture).resize((COMPARED_SIZE, COMPARED_SIZE), Image.Resampling.LANCZOS))


def compared_mask(mask: NDArray[np.bool_]) -> Tensor:
    """[S, S] → [1, 1, 256, 256] float, the share of each pixel that the mask covers."""
    whole = torch.from_numpy(mask)[None, None].float()
    return F.interpolate(whole, (COMPARED_SIZE, COMPARED_SIZE), mode="area")


@torch.no_grad()
def features(vgg: Vgg19, picture: Picture) -> Features:
    """The activations of `TAPS`, [1, C, H, W] each, of a picture brought to 256 pixels."""
    return vgg(data.to_tensor(compared(picture))[None], TAPS)


def _at(mask: Tensor, feature: Tensor) -> Tensor:
    return F.interpolate(mask, feature.shape[-2:], mode="area")


def _unit(feature: Tensor) -> Tensor:
    return feature / (feature.norm(dim=1, keepdim=True) + 1e-8)


def distance(a: Features, b: Features, mask: Tensor, taps: tuple[str, ...]) -> float:
    """Mean squared distance of unit-normalised features inside the mask, averaged over the taps; 0 … 4."""
    total = 0.0
    for tap in taps:
        weight = _at(mask, a[tap])
        moved = ((_unit(a[tap]) - _unit(b[tap])) ** 2).sum(1, keepdim=True)
        total += float((moved * weight).sum() / weight.sum())
    return total / len(taps)


def statistics(features: Features, mask: Tensor) -> Tensor:
    """[896]: mean and standard deviation of every channel inside the mask, concatenated over the taps."""
    found = []
    for tap in TAPS:
        weight = _at(mask, features[tap])
        total = weight.sum()
        mean = (features[tap] * weight).sum((2, 3)) / total
        variance = ((features[tap] - mean[..., None, None]) ** 2 * weight).sum((2, 3)) / total
        found += [mean, variance.sqrt()]
    return torch.cat(found, 1)[0]
