"""DCT-Net's expression loss: a drawing's eyes and mouth are as open as the photo's, however the style exaggerates."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from ..expression import network
from ..expression.network import Openness
from ..faces import align

INSIDE = 2.0
"""Pixels between every landmark and the border of the crop."""
LEAST_EYES = 18.0
"""Pixels between the eyes: below, the regressor would see a face enlarged more than 1.6 times."""
OVERSAMPLED = 2
"""The crops are sampled this much finer and then averaged, since `align.sample` does not average what shrinks."""


def clear(landmarks: NDArray[np.float32], crop: int) -> NDArray[np.int64]:
    """Of [B, 68, 2], NaN where there is no face: those whose face lies inside the crop and is large enough."""
    eyes = [landmarks[:, part].mean(1) for part in (align.LEFT_EYE, align.RIGHT_EYE)]
    # A comparison with NaN is false.
    inside = ((landmarks >= INSIDE) & (landmarks <= crop - 1 - INSIDE)).all((1, 2))
    return np.flatnonzero(inside & (np.linalg.norm(eyes[1] - eyes[0], axis=1) >= LEAST_EYES))


def faces(pictures: Tensor, landmarks: NDArray[np.float32]) -> Tensor:
    """[N, 3, H, W] by [N, 68, 2] → the crops that the regressor is trained on, with gradients."""
    size = OVERSAMPLED * network.SIZE
    transforms = np.stack([align.matrix(points, size, network.RATIO) for points in landmarks]).astype(np.float32)
    with torch.autocast(pictures.device.type, enabled=False):
        found = align.sample(pictures.float(), torch.from_numpy(transforms).to(pictures.device), size)
        return F.avg_pool2d(found, OVERSAMPLED)


def loss(regressor: Openness, output: Tensor, photos: Tensor, landmarks: Tensor) -> Tensor:
    """Mean squared difference of openness, in its standard deviations, over the faces that are `clear`; 0 without one.

    Pictures [B, 3, crop, crop] in -1 … 1, landmarks [B, 68, 2] in the photos, on the CPU. `output` has the gradient.
    """
    points = landmarks.numpy()
    chosen = clear(points, photos.shape[-1])
    if not len(chosen):
        return output.sum() * 0
    places = torch.from_numpy(chosen).to(output.device)
    made, seen = (faces(pictures[places], points[chosen]) for pictures in (output, photos))
    return regressor.loss(made, seen)
