"""What a network does to a photo that is shifted by a pixel, as from one frame to the next, or turned."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence

import cv2
import numpy as np

from ..ground import Picture
from ..vgg import Vgg19
from . import reader
from .features import CONTENT, TAPS, compared_mask, distance, features
from .photos import Subject
from .reader import Reader

ANGLES = (0, 30, 60, 90, 120, 150, 180)
"""Degrees, counter-clockwise."""
MARGIN = 32
"""Pixels at the border that are not compared: what comes in from outside is not the network's doing."""

Stylize = Callable[[Picture], Picture]


def shifted(picture: Picture, right: int, down: int) -> Picture:
    """The picture moved by up to a few pixels, either way; its border is repeated where nothing comes in."""
    height, width = picture.shape[:2]
    rows = (np.arange(height) - down).clip(0, height - 1)
    columns = (np.arange(width) - right).clip(0, width - 1)
    return picture[rows][:, columns]


def jitter(stylize: Stylize, photo: Picture, output: Picture) -> float:
    """Mean absolute difference, in levels of 255, of the output of the photo moved by a pixel from the moved output,
    over both axes: 0 for a network that draws the same wherever things lie."""
    inner = slice(MARGIN, -MARGIN), slice(MARGIN, -MARGIN)
    moves = ((1, 0), (0, 1))
    found = []
    for move in moves:
        moved = stylize(np.ascontiguousarray(shifted(photo, *move)))[inner].astype(np.int16)
        found.append(np.abs(moved - shifted(output, *move)[inner]).mean())
    return float(np.mean(found))


@functools.cache
def _disc(size: int) -> np.ndarray:
    """[size, size] bool: what stays within the picture at every angle."""
    mask = np.zeros((size, size), np.uint8)
    cv2.circle(mask, (size // 2, size // 2), size // 2 - 4, 255, -1)
    return mask > 0


def turned(picture: Picture, degrees: float) -> Picture:
    """About the middle; what comes in is mirrored. Multiples of 90 degrees are exact."""
    if degrees % 90 == 0:
        return np.ascontiguousarray(np.rot90(picture, int(degrees // 90)))
    middle = (picture.shape[1] - 1) / 2, (picture.shape[0] - 1) / 2
    matrix = cv2.getRotationMatrix2D(middle, degrees, 1.0)
    size = picture.shape[1::-1]
    return cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)


@dataclasses.dataclass(frozen=True)
class Rotation:
    """Means over photos, one for each of `degrees`; the photo is turned, stylized and turned back."""

    degrees: tuple[int, ...]
    content: tuple[float, ...]
    """VGG19 distance to the photo at conv3_4, inside the person and the circle that every angle shows."""
    from_upright: tuple[float, ...]
    """VGG19 distance (all taps) to the output of the upright photo: 0 where turning changes nothing."""
    redetected: tuple[float, ...]
    """Share of the photos whose face is found again, 0 … 1."""


def rotation(
    stylizer: Callable[[Subject], Stylize],
    subjects: Sequence[Subject],
    vgg: Vgg19,
    faces: Reader,
) -> Rotation:
    """At `ANGLES`. At those that are no multiple of 90 degrees both turns resample, which costs the untouched photo
    something too: compare with its row."""
    rows = []
    for subject in subjects:
        stylize = stylizer(subject)
        mask = compared_mask(subject.person & _disc(subject.photo.shape[0]))
        of_photo = features(vgg, subject.photo)
        upright = features(vgg, stylize(subject.photo))
        row = []
        for degrees in ANGLES:
            output = turned(stylize(turned(subject.photo, degrees)), -degrees)
            of_output = features(vgg, output)
            row.append(
                (
                    distance(of_output, of_photo, mask, CONTENT),
                    distance(of_output, upright, mask, TAPS),
                    float(reader.again(faces, output, subject.face.box) is not None),
                )
            )
        rows.append(row)
    content, from_upright, redetected = np.mean(rows, 0).T.tolist()
    return Rotation(ANGLES, tuple(content), tuple(from_upright), tuple(redetected))
