"""MediaPipe's selfie segmentation, general model (Apache-2.0, © Google), as TensorFlow.js has it in human-models.

Its arrays are those of selfie_segmentation.tflite in npm's @mediapipe/selfie_segmentation 0.1.1675465747, bit by bit.
"""

from __future__ import annotations

import pathlib

from torch import Tensor, nn

from ..faces.graph import Graph
from . import guided

SIZE = 256


class Segmenter(nn.Module):
    """Frozen. `forward`: [N, 3, SIZE, SIZE] RGB in 0 … 1, whatever the picture's shape was → [N, 1, SIZE, SIZE]."""

    def __init__(self, weights: pathlib.Path) -> None:
        super().__init__()
        self.graph = Graph(weights / "human-models" / "selfie.json", ("activation_10",))

    def forward(self, x: Tensor) -> Tensor:
        return self.graph(x.permute(0, 2, 3, 1))[0].permute(0, 3, 1, 2)


class Coefficients(nn.Module):
    """What the segmenter saw, as coefficients of the picture's colours: `guided.applied` makes a matte of them."""

    def __init__(self, weights: pathlib.Path, passes: int = 2) -> None:
        super().__init__()
        self.segmenter, self.passes = Segmenter(weights), passes

    def forward(self, seen: Tensor) -> Tensor:
        matte = self.segmenter(seen)
        found = guided.coefficients(seen, matte)
        for _ in range(self.passes - 1):
            found = guided.coefficients(seen, guided.applied(seen, found))
        return guided.settled(found, matte)
