"""An identity encoder that no loss uses, for the evaluation alone: what a network learned to please cannot judge it."""

from __future__ import annotations

import pathlib

import torch
from torch import Tensor, nn

from ..vgg import MEAN_BGR
from .graph import Graph
from .layers import square

SIZE, RATIO = 224, 0.9
"""Pixels of its input, and the ratio of `align.aligned` at which it tells people apart best."""


class Encoder(nn.Module):
    """faceres of human-models: a MobileNet trained for identity on VGGFace2, then age and gender (HSE-FaceRes,
    Savchenko 2019). It takes BGR in 0 … 255 less ImageNet's mean, as it was trained. Human, the library it comes from,
    gives it plain RGB in 0 … 255, which tells people apart less well."""

    def __init__(self, weights: pathlib.Path) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(MEAN_BGR).view(1, 3, 1, 1))
        self.graph = Graph(weights / "human-models" / "faceres.json", ("global_pooling/Mean",))

    def forward(self, x: Tensor) -> Tensor:
        """[N, 3, H, W] faces aligned with `RATIO`, RGB in -1 … 1 → [N, 1024] of length 1: a product is a cosine."""
        x = (square(x, SIZE).flip(1) + 1) * 127.5 - self.get_buffer("mean")
        (embedding,) = self.graph(x.permute(0, 2, 3, 1))
        return embedding / embedding.norm(dim=1, keepdim=True)
