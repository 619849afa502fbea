"""MediaPipe's face mesh: 468 points, of which 68 are taken.

It places eyelids and lips, also drawn ones, about three times as repeatably as face-api's landmarks, which only tell it
where to look.
"""

from __future__ import annotations

import pathlib

import torch
from torch import Tensor, nn

from .graph import Graph
from .layers import square

SIZE = 192
MARGIN = 1.5
"""The crop's side over the larger extent of the points in it, as MediaPipe cuts it."""
# fmt: off
IBUG = (
    162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389,  # jaw
    71, 63, 105, 66, 107, 336, 296, 334, 293, 301,  # brows
    168, 197, 5, 4, 75, 97, 2, 326, 305,  # nose
    33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,  # eyes
    61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87,  # lips
)
"""Which points of the mesh stand for iBUG 300-W's 68, in their order."""
# fmt: on


class Mesh(nn.Module):
    """Frozen and differentiable."""

    def __init__(self, weights: pathlib.Path) -> None:
        super().__init__()
        self.graph = Graph(weights / "human-models" / "facemesh.json", ("Identity_2", "Identity_1"))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """[N, 3, H, W] square crops of upright faces, RGB in -1 … 1 → all points [N, 468, 2], x and y as shares of the
        side, and [N] how surely there is a face, 0 … 1."""
        x = (square(x, SIZE) + 1) / 2
        points, sure = self.graph(x.permute(0, 2, 3, 1))
        return points.view(-1, 468, 3)[..., :2] / SIZE, sure.view(-1)

    def landmarks(self, x: Tensor) -> Tensor:
        """[N, 3, H, W] → [N, 68, 2]."""
        return self(x)[0][:, torch.tensor(IBUG, device=x.device)]
