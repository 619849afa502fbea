"""A network's file with its weights in float16, as `export` writes it for the edge, of a file that is there already."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Sequence

import numpy as np
import onnx

from . import export, repository
from .errors import DctnetError
from .ground import Picture

MOST = 3
"""Levels of 255 that a picture may move at most: nobody sees them, and the figures of the style stay what they were."""


class RoundingError(DctnetError):
    """Rounded weights draw something else."""


@dataclasses.dataclass(frozen=True)
class Halved:
    before: int
    after: int
    """Bytes."""
    levels: int
    """The largest difference of a value of any picture, of 255."""
    mean: float
    """The mean difference."""


def write(network: pathlib.Path, photos: Sequence[Picture]) -> Halved:
    """Rewrites MODEL/1/model.onnx, and has the style's card, where there is one beside MODEL, say that it did.

    Raises RoundingError, and leaves the file as it is, where a picture of `photos` moves by more than MOST levels.
    """
    before = network.stat().st_size
    model = onnx.load(network)
    export.halve(model, rounding=True)
    onnx.checker.check_model(model, full_check=True)
    halved = network.with_suffix(".halved")
    try:
        onnx.save(model, halved)
        full, half = export.session(network), export.session(halved)
        moved = [np.abs(export.run(full, photo).astype(int) - export.run(half, photo)) for photo in photos]
        levels = max(int(each.max()) for each in moved)
        if levels > MOST:
            raise RoundingError(f"{network}: with rounded weights a picture moves by {levels} levels, more than {MOST}")
        card = network.parents[2] / f"{_style(network)}.card.json"
        if card.exists():
            repository.carry_figures(card, network, halved, levels)
        halved.replace(network)
    finally:
        halved.unlink(missing_ok=True)
    return Halved(before, network.stat().st_size, levels, float(np.mean([each.mean() for each in moved])))


def _style(network: pathlib.Path) -> str:
    """Of ttn_STYLE_VARIANT/1/model.onnx."""
    return network.parents[1].name.removeprefix("ttn_").split("_")[0]
