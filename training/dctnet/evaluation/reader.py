"""What the evaluation sees of a face: where it is, its landmarks, and who it is to an encoder of its own."""

from __future__ import annotations

import pathlib
import typing

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .. import data
from ..faces import align, encoder
from ..faces.align import Points
from ..faces.encoder import Encoder
from ..faces.graph import Graph
from ..faces.locate import SURE, Face, Locator
from ..ground import Picture
from . import geometry


class Reader(typing.Protocol):
    """Finds and describes faces of a picture [H, W, 3] uint8 RGB."""

    def faces(self, picture: Picture) -> list[Face]:
        """Largest first; none when there is none."""
        ...

    def embedding(self, picture: Picture, landmarks: Points) -> NDArray[np.float32]:
        """[D]: who it is; alike faces have a cosine near 1."""
        ...

    def age(self, picture: Picture, landmarks: Points) -> float:
        """Years, as a network guesses them; NaN where it does not."""
        ...


def again(reader: Reader, picture: Picture, box: NDArray[np.floating]) -> Face | None:
    """The face of the picture that lies where `box` is, if the reader finds it there."""
    near = [face for face in reader.faces(picture) if geometry.overlap(face.box, box) > geometry.SAME_PLACE]
    return max(near, key=lambda face: face.score, default=None)


class FaceNetworks:
    """The `Reader` of the frozen networks that `dctnet fetch` brings.

    A face counts when the detector is sure of it: what it looks for twice in a photo (`Locator`) would flatter outputs.
    """

    def __init__(self, weights: pathlib.Path) -> None:
        self._locator = Locator(weights)
        self._encoder = Encoder(weights)
        self._age = Graph(weights / "human-models" / "faceres-deep.json", ("age_pred/BiasAdd",))

    def faces(self, picture: Picture) -> list[Face]:
        return [face for face in self._locator.faces(picture) if face.score > SURE]

    def _crop(self, picture: Picture, landmarks: Points) -> Tensor:
        return data.to_tensor(align.aligned(picture, landmarks, encoder.SIZE))[None]

    @torch.no_grad()
    def embedding(self, picture: Picture, landmarks: Points) -> NDArray[np.float32]:
        return self._encoder(self._crop(picture, landmarks))[0].numpy()

    @torch.no_grad()
    def age(self, picture: Picture, landmarks: Points) -> float:
        (logits,) = self._age((self._crop(picture, landmarks) + 1).permute(0, 2, 3, 1) * 127.5)
        shares = logits.flatten().softmax(0)
        return float(shares @ torch.arange(len(shares), dtype=torch.float32))


def openness(face: Face | None) -> tuple[float, float, float]:
    """Left eye, right eye, mouth (`align.openness`); NaN where there is no face."""
    return align.openness(face.landmarks) if face else (float("nan"),) * 3
