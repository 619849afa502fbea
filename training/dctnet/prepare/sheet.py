"""Contact sheets: all pictures small, each with its landmarks drawn in and a line below."""

from __future__ import annotations

import pathlib

import cv2
import numpy as np
from PIL import Image, ImageDraw

from ..faces import locate
from ..ground import Picture
from .check import Verdict

CELL, LINE, COLUMNS, MOST = 112, 12, 12, 240
"""Pixels of a picture's square and of a line of text; pictures in a row and on a sheet."""


def thumbnail(picture: Picture, verdict: Verdict) -> Picture:
    """[112, 112, 3] with the landmarks as dots: green where the mesh is sure, red where not."""
    height, width = picture.shape[:2]
    scale = CELL / max(height, width)
    shape = max(1, round(width * scale)), max(1, round(height * scale))
    cell = np.full((CELL, CELL, 3), 255, np.uint8)
    small = cv2.resize(picture, shape, interpolation=cv2.INTER_AREA)
    cell[: shape[1], : shape[0]] = small
    if verdict.face is not None:
        colour = (0, 200, 0) if verdict.face.sure >= locate.TRUSTED else (230, 0, 0)
        for x, y in np.round((verdict.face.landmarks + 0.5) * scale - 0.5).astype(int):
            if 0 <= x < CELL and 0 <= y < CELL:
                cell[y, x] = colour
    return cell


def sheet(cells: list[tuple[Picture | None, str, str]], path: pathlib.Path) -> int:
    """Writes a PNG of (thumbnail, first line, second line) and returns how many of them it shows, evenly chosen."""
    shown = (
        [cells[i] for i in np.linspace(0, len(cells) - 1, min(len(cells), MOST)).round().astype(int)] if cells else []
    )
    rows = max(1, -(-len(shown) // COLUMNS))
    image = Image.new("RGB", (COLUMNS * CELL, rows * (CELL + 2 * LINE)), "white")
    draw = ImageDraw.Draw(image)
    for index, (cell, *lines) in enumerate(shown):
        x, y = index % COLUMNS * CELL, index // COLUMNS * (CELL + 2 * LINE)
        if cell is not None:
            image.paste(Image.fromarray(cell), (x, y))
        for number, line in enumerate(lines):
            draw.text((x + 2, y + CELL + number * LINE), line[:19], fill="black")
    image.save(path)
    return len(shown)
