"""One network, or one of the reference points, on all subjects: every raw figure, photo by photo."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from ..ground import Picture
from ..vgg import Vgg19
from . import colour, geometry, identity, reader, robustness
from .features import CONTENT, compared, compared_mask, distance, features, statistics
from .gap import Spread, StyleGap
from .photos import Subject
from .reader import Reader
from .robustness import Stylize

JITTERED = 24
"""Subjects, evenly among all, that are shifted: each costs two more runs."""


@dataclasses.dataclass(frozen=True)
class Rows:
    """Arrays of [N], one entry a subject; NaN where a figure does not exist for it."""

    values: dict[str, NDArray[np.float64]]
    """By the names of `Measured`."""
    spread: Spread
    similar: NDArray[np.float32]
    """[N, G]: cosines of outputs with the gallery, whose first N are the subjects' own photos."""
    outputs: list[Picture]


@dataclasses.dataclass(frozen=True)
class Measured:
    """What is measured of one output, beside its style and whom it resembles."""

    content: float
    """VGG19 distance from output to photo (conv3_4, inside the person, of the portrait)."""
    chroma_inside: float
    """Mean difference of CIE Lab a*, b* from output to photo within the person (16-pixel averages at 256)."""
    chroma_outside: float
    lightness_inside: float
    """Mean signed difference of CIE L* within the person: above 0, people come out lighter."""
    bleached: float
    """Share of the ground that is near white in the output, less that in the photo."""
    redetected: float
    """1 where the detector finds the output's face in the photo's place, 0 where not."""
    landmark_error: float
    """Mean distance of the 68 landmarks over inter-ocular distance, where the face is found."""
    left_eye: float
    right_eye: float
    mouth: float
    """Openness in the output (`align.openness`)."""


def _measured(
    subject: Subject, output: Picture, content: float, faces: Reader, mask: Tensor, outside: NDArray[np.bool_]
) -> Measured:
    photo, small = compared(subject.photo), compared(output)
    chroma, lightness = colour.difference(small, photo, mask)
    found = reader.again(faces, output, subject.face.box)
    error = geometry.landmark_error(found.landmarks, subject.face.landmarks) if found else float("nan")
    return Measured(
        content,
        chroma,
        colour.difference(small, photo, 1 - mask)[0],
        lightness,
        colour.near_white(output, outside) - colour.near_white(subject.photo, outside),
        float(found is not None),
        error,
        *reader.openness(found),
    )


def evenly(count: int, of: int) -> list[int]:
    """Up to `count` indices of 0 … of - 1, evenly."""
    return sorted({(2 * i + 1) * of // (2 * count) for i in range(min(count, of))} if count < of else range(of))


def measure(
    name: str,
    stylizer: Callable[[Subject], Stylize],
    subjects: Sequence[Subject],
    gallery: NDArray[np.float32],
    gap: StyleGap,
    vgg: Vgg19,
    faces: Reader,
) -> Rows:
    """`stylizer` gives what stylizes pictures of a subject: a network is the same for all, a colour transfer is not.

    gallery [G, D] begins with the subjects' own embeddings.
    """
    measured, style, described, outputs = [], [], [], []
    jitter = np.full(len(subjects), np.nan)
    shaken = set(evenly(JITTERED, len(subjects)))
    for index, subject in enumerate(tqdm(subjects, desc=name, unit="photo")):
        stylize = stylizer(subject)
        output, portrait = stylize(subject.photo), stylize(subject.portrait)
        of_portrait = features(vgg, portrait)
        inside = compared_mask(subject.portrait_person)
        content = distance(of_portrait, features(vgg, subject.portrait), inside, CONTENT)
        style.append(statistics(of_portrait, inside))
        measured.append(
            _measured(subject, output, content, faces, compared_mask(subject.person), ~subject.person),
        )
        described.append(faces.embedding(output, subject.face.landmarks))
        outputs.append(output)
        if index in shaken:
            jitter[index] = robustness.jitter(stylize, subject.photo, output)
    names = [field.name for field in dataclasses.fields(Measured)]
    values = {key: np.array([getattr(m, key) for m in measured], np.float64) for key in names}
    return Rows(
        values | {"jitter": jitter},
        gap.spread(torch.stack(style)),
        identity.cosines(np.stack(described), gallery),
        outputs,
    )
