"""How well people are told from their ground.

No set of photos here comes with mattes, so they are made: who stands before an even ground, as in the London set, can
be keyed off it, and laid before another photo's ground. What is measured there is the head, since white shirts before a
light ground cannot be keyed. Of other photos only what the segmenter says twice can be compared: of the photo as it is,
and of it mirrored or cut.
"""

from __future__ import annotations

import dataclasses
import pathlib
import time
from collections.abc import Callable, Iterator

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from .. import data
from ..ground import Picture
from ..matting import guided
from ..matting.segmenter import SIZE, Coefficients, Segmenter
from .photos import spread

Matte = NDArray[np.float32]
"""[H, W], 0 … 1."""
Segment = Callable[[Picture], NDArray[np.uint8]]
HEAD = 0.62
"""The upper part of a portrait of the London set, which ends above the shoulders."""
SIDE = 512
REFINEMENTS = ((6, 1e-4, 2), (10, 1e-4, 1), (10, 1e-4, 2), (14, 1e-4, 2), (10, 1e-3, 2), (10, 1e-5, 2))
"""Radius, smoothness and passes of the guided filter."""


@dataclasses.dataclass(frozen=True)
class Known:
    picture: Picture
    matte: Matte


def pictures(folders: list[pathlib.Path], count: int) -> list[Picture]:
    """As many of every folder, spread over their names, the longer side up to SIDE."""
    found = []
    for path in spread(data.pictures(folders, "photos"), count):
        with Image.open(path) as image:
            photo = image.convert("RGB")
            photo.thumbnail((SIDE, SIDE))
            found.append(np.asarray(photo))
    return found


def _blurred(x: NDArray, deviation: float) -> NDArray:
    return cv2.GaussianBlur(x, (0, 0), deviation)


def even_ground(picture: NDArray[np.float64], far: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The ground as a polynomial of the second degree in x and y, fitted to what surely is ground."""
    height, width = picture.shape[:2]
    y, x = (v.ravel() for v in np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j])
    terms = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], 1)
    known = far.ravel()
    factors = np.linalg.lstsq(terms[known], picture.reshape(-1, 3)[known], rcond=None)[0]
    return (terms @ factors).reshape(picture.shape)


def keyed(picture: NDArray[np.float64], rough: Matte) -> tuple[Matte, NDArray[np.float64]]:
    """The matte of who stands before an even ground, and that ground: how far a pixel is from the ground's colour on
    the way to the person's nearby. `rough` says where surely the one or the other is."""
    far = cv2.erode((rough < 0.02).astype(np.uint8), np.ones((9, 9))) > 0
    sure = cv2.erode((rough > 0.98).astype(np.uint8), np.ones((15, 15))) > 0
    inner = cv2.erode((rough > 0.9).astype(np.uint8), np.ones((25, 25))) > 0
    ground = even_ground(picture, far)
    weight = _blurred(sure.astype(np.float64), 12)[..., None] + 1e-9
    way = _blurred(picture * sure[..., None], 12) / weight - ground
    length = np.maximum((way * way).sum(2), 1e-3)
    matte = ((picture - ground) * way).sum(2) / length
    noise = np.linalg.norm((picture - ground)[far], axis=1).mean() / np.sqrt(length)
    matte = ((matte - 2 * noise) / (0.9 - 2 * noise)).clip(0, 1)
    matte[sure | inner] = 1
    matte[far] = 0
    return matte.astype(np.float32), ground


def without_people(picture: Picture, rough: Matte) -> NDArray[np.float64]:
    """Another photo's ground: its people painted out from around them."""
    hidden = cv2.dilate((rough > 0.05).astype(np.uint8), np.ones((21, 21)))
    height, width = rough.shape
    small = cv2.resize(picture, (width // 4, height // 4), interpolation=cv2.INTER_AREA)
    mask = cv2.resize(hidden, (width // 4, height // 4), interpolation=cv2.INTER_NEAREST)
    filled = cv2.resize(cv2.inpaint(small, mask, 5, cv2.INPAINT_TELEA), (width, height), interpolation=cv2.INTER_CUBIC)
    share = _blurred(hidden.astype(np.float64), 4)[..., None]
    return (picture * (1 - share) + filled * share).clip(0, 255) / 255


def known_mattes(rough: Callable[[Picture], Matte], even: list[Picture], grounds: list[Picture]) -> list[Known]:
    """People before the grounds of other photos, with the mattes that they were cut out by."""
    known = []
    for index, picture in enumerate(even):
        exact = picture / 255
        matte, ground = keyed(exact, rough(picture))
        height, width = matte.shape
        other = cv2.resize(grounds[index % len(grounds)], (width, height), interpolation=cv2.INTER_AREA)
        behind = 1 - matte[..., None]
        composed = (exact + (without_people(other, rough(other)) - ground) * behind).clip(0, 1)
        known.append(Known((composed * 255).round().astype(np.uint8), matte))
    return known


@dataclasses.dataclass(frozen=True)
class Errors:
    iou: float
    """Of what is more than half a person."""
    whole: float
    """The mean difference of the mattes, 0 … 1."""
    edge: float
    """The same about the edge, where the known matte is neither 0 nor 1 within four pixels."""
    gradient: float
    """The mean difference of the mattes' gradients there."""


def compared(found: Matte, known: Matte) -> Errors:
    edge = cv2.dilate(((known > 0.05) & (known < 0.95)).astype(np.uint8), np.ones((9, 9))) > 0
    difference = np.abs(found - known)
    steep = np.abs(_gradient(found) - _gradient(known))
    one, other = found > 0.5, known > 0.5
    iou = (one & other).sum() / max(1, (one | other).sum())
    return Errors(float(iou), float(difference.mean()), float(difference[edge].mean()), float(steep[edge].mean()))


def _gradient(x: Matte) -> Matte:
    return np.hypot(cv2.Sobel(x, cv2.CV_32F, 1, 0), cv2.Sobel(x, cv2.CV_32F, 0, 1)) / 8


def _mean(errors: list[Errors]) -> Errors:
    return Errors(*(float(np.mean(values)) for values in zip(*(dataclasses.astuple(e) for e in errors), strict=True)))


def _tensor(picture: Picture) -> torch.Tensor:
    return torch.from_numpy(picture.copy()).permute(2, 0, 1)[None].float() / 255


class Variants:
    """The segmenter without refinement, and refined in other ways, in PyTorch."""

    def __init__(self, weights: pathlib.Path) -> None:
        self.network = Segmenter(weights).eval()
        self.refined = Coefficients(weights).eval()

    @torch.no_grad()
    def raw(self, picture: Picture) -> Matte:
        x = _tensor(picture)
        seen = torch.nn.functional.interpolate(x, (SIZE, SIZE), mode="bilinear", antialias=True)
        return torch.nn.functional.interpolate(self.network(seen), x.shape[2:], mode="bilinear")[0, 0].numpy()

    @torch.no_grad()
    def guided(self, picture: Picture, radius: int, smoothness: float, passes: int) -> Matte:
        x = _tensor(picture)
        seen = torch.nn.functional.interpolate(x, (SIZE, SIZE), mode="bilinear", antialias=True)
        before = guided.RADIUS, guided.SMOOTHNESS
        guided.RADIUS, guided.SMOOTHNESS = radius, smoothness
        try:
            self.refined.passes = passes
            return guided.applied(x, self.refined(seen))[0, 0].numpy()
        finally:
            guided.RADIUS, guided.SMOOTHNESS = before


def _row(name: str, errors: Errors) -> str:
    return f"| {name} | {errors.iou:.1%} | {errors.whole:.4f} | {errors.edge:.3f} | {errors.gradient:.3f} |".replace(
        "%", " %"
    )


def _agreement(segment: Segment, photos: list[Picture]) -> list[str]:
    """How alike the mattes of a photo and of another view of it are, as IoU."""
    views: dict[str, tuple[Callable[[Picture], Picture], Callable[[Matte], Matte]]] = {
        "mirrored": (lambda p: p[:, ::-1].copy(), lambda m: m[:, ::-1]),
        "cut by a tenth on the left and above": (
            lambda p: p[p.shape[0] // 10 :, p.shape[1] // 10 :].copy(),
            lambda m: m[m.shape[0] // 10 :, m.shape[1] // 10 :],
        ),
        "half as large": (
            lambda p: cv2.resize(p, (p.shape[1] // 2, p.shape[0] // 2), interpolation=cv2.INTER_AREA),
            lambda m: cv2.resize(m, (m.shape[1] // 2, m.shape[0] // 2), interpolation=cv2.INTER_AREA),
        ),
    }
    rows = ["| seen | IoU, mean | worst of ten |", "| --- | --- | --- |"]
    plain = [segment(photo).astype(np.float32) / 255 for photo in photos]
    for name, (view, same) in views.items():
        ious = []
        for photo, matte in zip(photos, plain, strict=True):
            other = segment(view(photo)) > 127
            expected = np.ascontiguousarray(same(matte)) > 0.5
            ious.append((other & expected).sum() / max(1, (other | expected).sum()))
        rows.append(f"| {name} | {np.mean(ious):.1%} | {np.quantile(ious, 0.1):.1%} |".replace("%", " %"))
    return rows


def measure(
    segment: Segment, weights: pathlib.Path, even: pathlib.Path, folders: list[pathlib.Path], count: int
) -> Iterator[str]:
    """Tables in Markdown: against known mattes, by refinement; agreement of views; time."""
    variants, photos = Variants(weights), pictures(folders, count)
    known = known_mattes(variants.raw, pictures([even], count), photos)
    yield f"{len(known)} heads before other grounds"
    head = "| refinement | IoU | difference | at the edge | of gradients |\n| --- | --- | --- | --- | --- |"

    def against(found: Callable[[Picture], Matte]) -> Errors:
        errors = []
        for each in known:
            rows = int(each.matte.shape[0] * HEAD)
            errors.append(compared(found(each.picture)[:rows], each.matte[:rows]))
        return _mean(errors)

    rows = [_row("none", against(variants.raw))]
    for radius, smoothness, passes in REFINEMENTS:
        name = f"radius {radius}, smoothness {smoothness:g}, {passes} pass{'es' if passes > 1 else ''}"
        found = against(lambda p, r=radius, s=smoothness, n=passes: variants.guided(p, r, s, n))
        rows.append(_row(name, found))
    rows.append(_row("as served", against(lambda p: segment(p).astype(np.float32) / 255)))
    yield "\n".join([head, *rows])
    yield f"{len(photos)} photos\n\n" + "\n".join(_agreement(segment, photos))
    yield "\n".join(_times(segment))


def _times(segment: Segment) -> list[str]:
    rows = ["| picture | milliseconds |", "| --- | --- |"]
    for side in (512, 768, 1024):
        picture, taken = np.full((side, side, 3), 90, np.uint8), []
        segment(picture)
        for _ in range(5):
            start = time.perf_counter()
            segment(picture)
            taken.append(time.perf_counter() - start)
        rows.append(f"| {side} × {side} | {np.median(taken) * 1e3:.0f} |")
    return rows


def sheet(segment: Segment, folders: list[pathlib.Path], count: int, cell: int = 256, columns: int = 3) -> Image.Image:
    """Photos, their mattes, and what is cut out, before magenta."""
    photos = pictures(folders, count)
    rows = -(-len(photos) // columns)
    whole = Image.new("RGB", (columns * 3 * cell, rows * cell), "white")
    for index, photo in enumerate(photos):
        matte = segment(photo)
        share = matte[..., None] / 255
        cut = (photo * share + np.array([255, 0, 255]) * (1 - share)).round().astype(np.uint8)
        for at, part in enumerate((photo, np.repeat(matte[..., None], 3, 2), cut)):
            image = Image.fromarray(part)
            image.thumbnail((cell, cell))
            whole.paste(image, ((index % columns * 3 + at) * cell, index // columns * cell))
    return whole
