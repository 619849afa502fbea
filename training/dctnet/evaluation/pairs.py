"""How close a network comes to the artist, on photos that the artist also drew and that it never saw.

Everything is measured inside the drawn person, so that bleaching a background earns nothing.
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from .. import data, ground
from ..ground import Picture
from ..vgg import Vgg19
from . import colour
from .features import COMPARED_SIZE, CONTENT, TAPS, compared, distance, features, statistics
from .gap import share


@dataclasses.dataclass(frozen=True)
class Figures:
    count: int
    paired: float
    """Mean VGG19 distance (unit-normalised channels; conv1_2, 2_2, 3_4) from output to drawing; lower is better."""
    content: float
    """The same at conv3_4 from output to photo: how much of the photo's structure moved."""
    gap: float
    """Unbiased MMD (cubic kernel) of masked feature statistics between outputs and exemplars, those of the held-out
    names excepted, as a share of the untouched photos' own: 1 = as far from the style as a photo, 0 = as the style."""
    chroma_inside: float
    """Mean difference of CIE Lab a*, b* from output to photo within the person, after a 16-pixel average."""
    chroma_outside: float
    """The same in the surroundings."""
    drawing_chroma_inside: float
    """The artist's own chroma difference from the photo, for comparison."""
    lightness_inside: float
    """Mean signed difference of CIE L* from output to photo within the person: above 0, people come out lighter."""
    drawing_lightness_inside: float
    """The artist's own."""


def _person(drawing: Picture) -> Tensor:
    return torch.from_numpy(ground.person(drawing))[None, None].float()


class HeldOut:
    """The held-out drawings and their photos, looked at once; `evaluate` any number of networks on them."""

    def __init__(
        self, vgg: Vgg19, photos: pathlib.Path, drawings: pathlib.Path, names: tuple[str, ...], size: int = 512
    ) -> None:
        """Raises DataError when a name has no photo or no drawing, or when fewer than two exemplars remain."""
        photo_of = {p.stem: p for p in data.pictures([photos], "photos")}
        drawing_of = {p.stem: p for p in data.pictures([drawings], "drawings")}
        for name in names:
            if name not in photo_of or name not in drawing_of:
                raise data.DataError(f"evaluate: {name} has no photo or no drawing")
        if len(names) < 2 or len(drawing_of) < len(names) + 2:
            raise data.DataError("evaluate: needs two held-out pairs and two exemplars besides")
        self._vgg, self._size = vgg, size
        self._pairs = {name: (photo_of[name], drawing_of[name]) for name in names}
        style = []
        for name, path in tqdm(sorted(drawing_of.items()), desc="exemplars", unit="picture"):
            if name not in names:
                drawing = data.read(path, COMPARED_SIZE)
                style.append(statistics(features(vgg, drawing), _person(drawing)))
        self._exemplars = torch.stack(style)

    def evaluate(self, stylize: Callable[[Picture], Picture], outputs: pathlib.Path | None = None) -> Figures:
        """Stylizes every photo at `size` and compares with its drawing; `outputs` keeps the pictures."""
        vgg = self._vgg
        paired, content, inside, outside, artist, made, untouched = [], [], [], [], [], [], []
        for name, (photo_path, drawing_path) in tqdm(self._pairs.items(), desc="held-out pairs", unit="picture"):
            drawing = data.read(drawing_path, COMPARED_SIZE)
            output = stylize(data.read(photo_path, self._size))
            if outputs is not None:
                outputs.mkdir(parents=True, exist_ok=True)
                Image.fromarray(output).save(outputs / f"{name}.png")
            photo, output, mask = data.read(photo_path, COMPARED_SIZE), compared(output), _person(drawing)
            of_output, of_photo = features(vgg, output), features(vgg, photo)
            paired.append(distance(of_output, features(vgg, drawing), mask, TAPS))
            content.append(distance(of_output, of_photo, mask, CONTENT))
            inside.append(colour.difference(output, photo, mask))
            outside.append(colour.difference(output, photo, 1 - mask))
            artist.append(colour.difference(drawing, photo, mask))
            made.append(statistics(of_output, mask))
            untouched.append(statistics(of_photo, mask))
        return Figures(
            len(self._pairs),
            float(np.mean(paired)),
            float(np.mean(content)),
            share(torch.stack(made), torch.stack(untouched), self._exemplars),
            *(float(np.nanmean([chroma for chroma, _ in each])) for each in (inside, outside, artist)),
            *(float(np.nanmean([lightness for _, lightness in each])) for each in (inside, artist)),
        )
