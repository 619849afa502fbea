"""Five points of each face in a box, by face-api's landmarks: what the served detector answers, in PyTorch.

Positions are continuous pixels: 0 is the picture's left or top edge, 0.5 the middle of its first pixel.
"""

from __future__ import annotations

import pathlib

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import align
from .networks import Landmarks

SIZE = 112
SAMPLES = 2
"""Per pixel and axis of a crop: a large face is averaged rather than skipped over."""
MARGIN = 1.15
"""A second crop's side over the larger extent of the first one's points."""


def cropped(image: Tensor, centres: Tensor, along: Tensor) -> Tensor:
    """Squares of uint8 [1, H, W, 3] about `centres` [K, 2], whose upper sides are the vectors `along` [K, 2]; black
    outside → [K, 3, SIZE, SIZE] in -1 … 1."""
    height, width = image.shape[1:3]
    count = SIZE * SAMPLES
    steps = (torch.arange(count, dtype=torch.float32) + 0.5) / count - 0.5
    down = torch.stack([-along[:, 1], along[:, 0]], -1)
    places = centres[:, None, None] + steps[:, None] * along[:, None, None] + steps[:, None, None] * down[:, None, None]
    grid = places * (2 / torch.tensor([width, height], dtype=torch.float32)) - 1
    picture = image.permute(0, 3, 1, 2).float()
    # One tall picture of all crops: a batch of them would need as many copies of the picture.
    sampled = F.grid_sample(picture, grid.reshape(1, -1, count, 2), mode="bilinear", align_corners=False)
    crops = sampled.reshape(3, -1, count, count).transpose(0, 1)
    return F.avg_pool2d(crops, SAMPLES) / 127.5 - 1


class FivePoints(nn.Module):
    """Frozen. `forward`: uint8 [1, H, W, 3] and boxes [K, 4] (left, top, right, bottom) → [K, 5, 2] x, y: the eyes'
    centres, the tip of the nose, the corners of the mouth."""

    def __init__(self, weights: pathlib.Path) -> None:
        super().__init__()
        self.network = Landmarks(weights)

    def located(self, image: Tensor, centres: Tensor, along: Tensor) -> Tensor:
        """The 68 points of the faces in such crops, in pixels of the picture."""
        shares = self.network(cropped(image, centres, along)) - 0.5
        down = torch.stack([-along[:, 1], along[:, 0]], -1)
        return centres[:, None] + shares[..., :1] * along[:, None] + shares[..., 1:] * down[:, None]

    def forward(self, image: Tensor, boxes: Tensor) -> Tensor:
        centres = (boxes[:, :2] + boxes[:, 2:]) / 2
        side = (boxes[:, 2:] - boxes[:, :2]).amax(1)
        points = self.located(image, centres, torch.stack([side, torch.zeros_like(side)], -1))
        return five_points(self.located(image, *upright(points)))


def five_points(points: Tensor) -> Tensor:
    """[K, 68, 2] → [K, 5, 2], as `align.five_points` takes them."""
    eyes = [points[:, part].mean(1, keepdim=True) for part in (align.LEFT_EYE, align.RIGHT_EYE)]
    return torch.cat([*eyes, *(points[:, index : index + 1] for index in (align.NOSE_TIP, 48, 54))], 1)


def upright(points: Tensor) -> tuple[Tensor, Tensor]:
    """The middle and the upper side of the squares that hold [K, 68, 2] points, times `MARGIN`, with level eyes."""
    eyes = points[:, align.RIGHT_EYE].mean(1) - points[:, align.LEFT_EYE].mean(1)
    along = eyes / eyes.norm(dim=1, keepdim=True).clamp_min(1e-6)
    down = torch.stack([-along[:, 1], along[:, 0]], -1)
    turned = torch.stack([(points * along[:, None]).sum(-1), (points * down[:, None]).sum(-1)], -1)
    low, high = turned.amin(1), turned.amax(1)
    middle = (low + high) / 2
    centres = middle[:, :1] * along + middle[:, 1:] * down
    return centres, along * (high - low).amax(1, keepdim=True) * MARGIN
