"""How close a network comes to the artist, on photos that the artist also drew and that it never saw.

Style and content are only ever reported together, since each alone is trivially gamed. Everything is measured
inside the drawn person, so that bleaching a background earns nothing.
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from . import data, ground, losses
from .ground import Picture
from .vgg import Vgg19

TAPS = ("1_2", "2_2", "3_4")
COMPARED_SIZE = 256


@dataclasses.dataclass(frozen=True)
class Figures:
    count: int
    paired: float
    """Mean VGG19 distance (unit-normalised channels; conv1_2, 2_2, 3_4) from output to drawing; lower is better."""
    content: float
    """The same at conv3_4 from output to photo: how much of the photo's structure moved."""
    gap: float
    """Unbiased MMD (cubic kernel) of masked feature statistics between outputs and exemplars, as a share of
    the untouched photos' own: 1 = as far from the style as a photo, 0 = indistinguishable from the exemplars."""
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


def _compared(picture: Picture) -> Picture:
    if picture.shape[:2] == (COMPARED_SIZE, COMPARED_SIZE):
        return picture
    return np.asarray(Image.fromarray(picture).resize((COMPARED_SIZE, COMPARED_SIZE), Image.Resampling.LANCZOS))


def _at(mask: Tensor, feature: Tensor) -> Tensor:
    return F.interpolate(mask, feature.shape[-2:], mode="area")


def _unit(feature: Tensor) -> Tensor:
    return feature / (feature.norm(dim=1, keepdim=True) + 1e-8)


def distance(a: dict[str, Tensor], b: dict[str, Tensor], mask: Tensor, taps: tuple[str, ...]) -> float:
    """Mean squared distance of unit-normalised features inside the mask, averaged over the taps."""
    total = 0.0
    for tap in taps:
        weight = _at(mask, a[tap])
        moved = ((_unit(a[tap]) - _unit(b[tap])) ** 2).sum(1, keepdim=True)
        total += float((moved * weight).sum() / weight.sum())
    return total / len(taps)


def statistics(features: dict[str, Tensor], mask: Tensor) -> Tensor:
    """Mean and standard deviation of every channel inside the mask, concatenated over the taps."""
    found = []
    for tap in TAPS:
        weight = _at(mask, features[tap])
        total = weight.sum()
        mean = (features[tap] * weight).sum((2, 3)) / total
        variance = ((features[tap] - mean[..., None, None]) ** 2 * weight).sum((2, 3)) / total
        found += [mean, variance.sqrt()]
    return torch.cat(found, 1)[0]


def mmd(a: Tensor, b: Tensor) -> float:
    """Unbiased squared maximum mean discrepancy with the kernel of KID, (x·y/d + 1)³; rows are samples."""

    def kernel(x: Tensor, y: Tensor) -> Tensor:
        return (x @ y.T / x.shape[1] + 1) ** 3

    def within(x: Tensor) -> Tensor:
        k = kernel(x, x)
        return (k.sum() - k.trace()) / (len(x) * (len(x) - 1))

    return float(within(a) + within(b) - 2 * kernel(a, b).mean())


def colour_difference(a: Picture, b: Picture, mask: Tensor) -> tuple[float, float]:
    """How far `a` lies from `b` in CIE Lab: mean distance in the a*b* plane, and mean signed difference of L*.

    Of 16-pixel averages, weighted by the mask; NaN where the mask is empty.
    """
    x, y = (F.avg_pool2d(losses.lab(data.to_tensor(p)[None]), 16) for p in (a, b))
    weight = F.avg_pool2d(mask, 16)[:, 0]
    if not weight.any():
        return float("nan"), float("nan")
    weight = weight / weight.sum()
    moved = x - y
    return float((moved[:, 1:].square().sum(1).sqrt() * weight).sum()), float((moved[:, 0] * weight).sum())


@torch.no_grad()
def evaluate(
    stylize: Callable[[Picture], Picture],
    vgg: Vgg19,
    photos: pathlib.Path,
    drawings: pathlib.Path,
    names: tuple[str, ...],
    size: int = 512,
    outputs: pathlib.Path | None = None,
) -> Figures:
    """Stylizes the photo of every name at `size` and compares with its drawing; `outputs` keeps the pictures.

    Raises DataError when a name has no photo or no drawing, or when fewer than two exemplars remain.
    """
    photo_of = {p.stem: p for p in data.pictures([photos], "photos")}
    drawing_of = {p.stem: p for p in data.pictures([drawings], "drawings")}
    for name in names:
        if name not in photo_of or name not in drawing_of:
            raise data.DataError(f"evaluate: {name} has no photo or no drawing")
    if len(names) < 2 or len(drawing_of) < len(names) + 2:
        raise data.DataError("evaluate: needs two held-out pairs and two exemplars besides")

    def features(picture: Picture) -> dict[str, Tensor]:
        return vgg(data.to_tensor(picture)[None], TAPS)

    def person(drawing: Picture) -> Tensor:
        return torch.from_numpy(ground.person(drawing))[None, None].float()

    paired, content, inside, outside, artist, made, untouched = [], [], [], [], [], [], []
    for name in tqdm(names, desc="stylizing", unit="picture"):
        drawing = data.read(drawing_of[name], COMPARED_SIZE)
        photo = data.read(photo_of[name], size)
        output = stylize(photo)
        if outputs is not None:
            outputs.mkdir(parents=True, exist_ok=True)
            Image.fromarray(output).save(outputs / f"{name}.png")
        photo, output, mask = data.read(photo_of[name], COMPARED_SIZE), _compared(output), person(drawing)
        of_output, of_photo = features(output), features(photo)
        paired.append(distance(of_output, features(drawing), mask, TAPS))
        content.append(distance(of_output, of_photo, mask, ("3_4",)))
        inside.append(colour_difference(output, photo, mask))
        outside.append(colour_difference(output, photo, 1 - mask))
        artist.append(colour_difference(drawing, photo, mask))
        made.append(statistics(of_output, mask))
        untouched.append(statistics(of_photo, mask))
    style = []
    for name, path in tqdm(sorted(drawing_of.items()), desc="exemplars", unit="picture"):
        if name not in names:
            drawing = data.read(path, COMPARED_SIZE)
            style.append(statistics(features(drawing), person(drawing)))
    exemplars = torch.stack(style)
    mean, deviation = exemplars.mean(0), exemplars.std(0) + 1e-6

    def gap(rows: list[Tensor]) -> float:
        return mmd((torch.stack(rows) - mean) / deviation, (exemplars - mean) / deviation)

    return Figures(
        len(names),
        float(np.mean(paired)),
        float(np.mean(content)),
        gap(made) / gap(untouched),
        *(float(np.nanmean([chroma for chroma, _ in each])) for each in (inside, outside, artist)),
        *(float(np.nanmean([lightness for _, lightness in each])) for each in (inside, artist)),
    )
