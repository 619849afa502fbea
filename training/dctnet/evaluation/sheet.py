"""A contact sheet: photos beside what a network makes of them, from dark to light skin."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

import numpy as np
from PIL import Image

from ..ground import Picture
from .photos import Subject

CELL, COLUMNS = 192, 10


def grid(pictures: Sequence[Picture], width: int, height: int) -> Image.Image:
    """Each brought to this size, `COLUMNS` abreast."""
    whole = Image.new("RGB", (COLUMNS * width, -(-len(pictures) // COLUMNS) * height), "white")
    for place, picture in enumerate(pictures):
        small = Image.fromarray(picture).resize((width, height), Image.Resampling.LANCZOS)
        whole.paste(small, (place % COLUMNS * width, place // COLUMNS * height))
    return whole


def sheet(subjects: Sequence[Subject], outputs: Sequence[Picture]) -> Image.Image:
    """Cells of a photo above its output, `COLUMNS` abreast."""
    order = np.argsort([subject.skin for subject in subjects], kind="stable")
    cells = [np.concatenate((subjects[index].photo, outputs[index])) for index in order]
    return grid(cells, CELL, 2 * CELL)


def save(subjects: Sequence[Subject], outputs: Sequence[Picture], path: pathlib.Path) -> None:
    sheet(subjects, outputs).save(path, quality=88)
