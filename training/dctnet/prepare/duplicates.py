"""Pictures that show the same thing twice: a generator's neighbours, one file saved twice.

Two pictures are taken for one when all of this holds, of the whole picture and of the aligned face:
- as 24-pixel gray pictures, mean and contrast taken out, they correlate: the same layout;
- as 24-pixel colour pictures they differ by little: heads that differ in nothing but skin or hair colour both stay;
- where both have a face, its embedding is that of one person in one pose.
Two drawings of one template, which share an outline but not the features, fail the second or third.
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from ..data import to_tensor
from ..faces import align
from ..faces.locate import Face
from ..faces.networks import FaceRecognition
from ..ground import Picture

SIDE = 24
COLOUR = 3.0
"""Mean CIE Lab difference of the small pictures up to which their colours are the same."""
IDENTITY = 0.15
"""Distance of two embeddings up to which they may be one face; one person, smiling and not, is at 0.22 on average."""


@dataclasses.dataclass(frozen=True)
class Print:
    """What is compared of a picture."""

    gray: NDArray[np.float32]
    """[2, 576]: of the picture and of its aligned face (of the picture again, where it has none), of length 1."""
    lab: NDArray[np.float32]
    """[2, 576, 3]."""
    embedding: NDArray[np.float32] | None


@torch.no_grad()
def fingerprint(picture: Picture, face: Face | None, encoder: FaceRecognition) -> Print:
    views, embedding = [picture, picture], None
    if face is not None:
        views[1] = align.aligned(picture, face.landmarks, 256)
        embedding = encoder(align.recognition_crop(to_tensor(views[1])[None]))[0].numpy()
    small = np.stack([cv2.resize(view, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for view in views])
    lab = np.stack([cv2.cvtColor(view.astype(np.float32) / 255, cv2.COLOR_RGB2LAB) for view in small])
    gray = lab[..., 0].reshape(2, -1)
    gray = gray - gray.mean(1, keepdims=True)
    return Print(gray / (np.linalg.norm(gray, axis=1, keepdims=True) + 1e-6), lab.reshape(2, -1, 3), embedding)


class Seen:
    """The pictures accepted so far."""

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold
        self.prints: list[Print] = []
        self.grays = np.empty((1024, 2, SIDE * SIDE), np.float32)

    def duplicate_of(self, new: Print) -> tuple[int, float] | None:
        """The index of the earlier picture that `new` repeats and their correlation, or None."""
        if not self.prints or self.threshold >= 1:
            return None
        alike = np.einsum("npx,px->np", self.grays[: len(self.prints)], new.gray).min(1)
        for index in np.argsort(-alike):
            if alike[index] < self.threshold:
                return None
            old = self.prints[index]
            if np.linalg.norm(old.lab - new.lab, axis=-1).mean(1).max() > COLOUR:
                continue
            if old.embedding is None or new.embedding is None:
                return int(index), float(alike[index])
            if np.linalg.norm(old.embedding - new.embedding) <= IDENTITY:
                return int(index), float(alike[index])
        return None

    def add(self, new: Print) -> None:
        if len(self.prints) == len(self.grays):
            self.grays = np.concatenate([self.grays, np.empty_like(self.grays)])
        self.grays[len(self.prints)] = new.gray
        self.prints.append(new)
