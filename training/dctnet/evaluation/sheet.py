"""A contact sheet: photos beside what a network makes of them, from dark to light skin."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

import numpy as np
from PIL import Image

from ..ground import Picture
from .photos import Subject

CELL, COLUMNS = 192, 10


def sheet(subjects: Sequence[Subject], outputs: Sequence[Picture]) -> Image.Image:
    """Cells of a photo above its output, `COLUMNS` abreast."""
    order = np.argsort([subject.skin for subject in subjects], kind="stable")
    rows = -(-len(order) // COLUMNS)
    whole = Image.new("RGB", (COLUMNS * CELL, rows * 2 * CELL), "white")
    for place, index in enumerate(order):
        left, top = place % COLUMNS * CELL, place // COLUMNS * 2 * CELL
        for below, picture in enumerate((subjects[index].photo, outputs[index])):
            cell = Image.fromarray(picture).resize((CELL, CELL), Image.Resampling.LANCZOS)
            whole.paste(cell, (left, top + below * CELL))
    return whole


def save(subjects: Sequence[Subject], outputs: Sequence[Picture], path: pathlib.Path) -> None:
    sheet(subjects, outputs).save(path, quality=88)
