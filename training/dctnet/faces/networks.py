"""face-api's landmarks, recognition and expression in PyTorch, differentiable. All take RGB in -1 … 1.

The architectures are those of face-api.js (MIT); the recognition network is dlib's ResNet. Written from the structure
of the published weights; agreement with the original is tested in tests/test_faces_networks.py.
"""

from __future__ import annotations

import pathlib

import torch
import torch.nn.functional as F
from torch import Tensor

from . import tfjs
from .layers import Frozen, square

# Mean colour of the data that the networks were trained with, RGB, 0 … 255.
MEAN_RGB = (122.782, 117.001, 104.298)
EXPRESSIONS = ("neutral", "happy", "sad", "angry", "fearful", "disgusted", "surprised")


def manifest(weights: pathlib.Path, name: str) -> pathlib.Path:
    return weights / "face-api" / f"{name}_model-weights_manifest.json"


class _FaceNetwork(Frozen):
    def __init__(self, weights: pathlib.Path, name: str) -> None:
        super().__init__(tfjs.load(manifest(weights, name)))
        self.register_buffer("mean", torch.tensor(MEAN_RGB).view(1, 3, 1, 1))

    def normalized(self, x: Tensor, size: int) -> Tensor:
        return ((square(x, size) + 1) * 127.5 - self.get_buffer("mean")) / 255


class _Dense(_FaceNetwork):
    """Four blocks of four separable convolutions, each of which takes the sum of all before it, and one dense layer."""

    def features(self, x: Tensor) -> Tensor:
        """[N, 3, H, W] square crops → [N, 256]."""
        x = self.normalized(x, 112)
        for block in range(4):
            name = f"dense{block}"
            first = (
                self.conv(x, f"{name}/conv0/filters", f"{name}/conv0/bias", 2)
                if block == 0
                else self.separable(x, f"{name}/conv0", 2)
            )
            total = x = F.relu(first)
            for index in (1, 2, 3):
                total = total + self.separable(x, f"{name}/conv{index}")
                x = F.relu(total)
        return x.mean((2, 3))

    def classified(self, x: Tensor) -> Tensor:
        return self.features(x) @ self.weight("fc/weights") + self.weight("fc/bias")


class Landmarks(_Dense):
    """68 points of a face."""

    def __init__(self, weights: pathlib.Path) -> None:
        super().__init__(weights, "face_landmark_68")

    def forward(self, x: Tensor) -> Tensor:
        """[N, 3, H, W] square crops, the face's box → [N, 68, 2], x and y as shares of the side."""
        return self.classified(x).view(-1, 68, 2)


class Expression(_Dense):
    """Seven expressions."""

    def __init__(self, weights: pathlib.Path) -> None:
        super().__init__(weights, "face_expression")

    def forward(self, x: Tensor) -> Tensor:
        """[N, 3, H, W] square crops → [N, 7] probabilities of `EXPRESSIONS`."""
        return self.classified(x).softmax(1)


class FaceRecognition(_FaceNetwork):
    """The live identity loss's encoder: frozen, but not under `no_grad`, so that a loss on it teaches the generator.

    Two faces are of one person where their embeddings lie closer than about 0.5 to 0.6 (Euclidean).
    """

    def __init__(self, weights: pathlib.Path) -> None:
        super().__init__(weights, "face_recognition")

    def _scaled(self, x: Tensor, name: str, stride: int = 1) -> Tensor:
        x = self.conv(x, f"{name}/conv/filters", f"{name}/conv/bias", stride, padded=stride == 1)
        scale, shift = (self.weight(f"{name}/scale/{part}") for part in ("weights", "biases"))
        return x * scale[:, None, None] + shift[:, None, None]

    def _residual(self, x: Tensor, name: str) -> Tensor:
        y = F.relu(self._scaled(x, f"{name}/conv1"))
        return F.relu(self._scaled(y, f"{name}/conv2") + x)

    def _down(self, x: Tensor, name: str) -> Tensor:
        y = F.relu(self._scaled(x, f"{name}/conv1", 2))
        y = self._scaled(y, f"{name}/conv2")
        short = F.avg_pool2d(x, 2)
        # The unpadded convolution may come out a pixel smaller than the shortcut: zeros fill it, and missing channels.
        y = F.pad(y, (0, short.shape[3] - y.shape[3], 0, short.shape[2] - y.shape[2]))
        return F.relu(y + F.pad(short, (0, 0, 0, 0, 0, y.shape[1] - short.shape[1])))

    def forward(self, x: Tensor) -> Tensor:
        """[N, 3, H, W] aligned faces (`align.recognition_crop`) → [N, 128], of norm about 1.4."""
        x = F.relu(self._scaled(self.normalized(x, 150), "conv32_down", 2))
        x = F.max_pool2d(x, 3, 2)
        for width, count in ((32, 3), (64, 3), (128, 2), (256, 2)):
            if width > 32:
                x = self._down(x, f"conv{width}_down")
            for index in range(1, count + 1):
                x = self._residual(x, f"conv{width}_{index}")
        x = self._down(x, "conv256_down_out")
        return x.mean((2, 3)) @ self.weight("fc")
