"""How well the served face detector finds faces: turned in the plane, in profile, small and large, and where there are
none.

The truth is what `faces.locate.Locator` sees in the upright photo at its full size, where its mesh is sure. It looks
with the same SSD first, so that upright photos flatter; what the tables tell is how far that lasts when a face is
turned, shrunk or in a scene.
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable, Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from .. import data, ground
from ..faces import align, locate
from ..ground import Picture
from .photos import spread

Found = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]
"""boxes [K, 4], scores [K], landmarks [K, 5, 2], as `faces.served.found` returns them."""
Detect = Callable[[Picture], Found]
Five = NDArray[np.float64]
"""[5, 2]: the five points in pixels, of which the first spans 0 … 1."""

SURE = 0.9
"""How sure the mesh must be of a photo's largest face."""
ANGLES = (0, 15, 30, 45, 60, 90, 135, 180)
SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
SCENE = 768
TILED, TILE = 32, 0.6
"""Up to which size faces are looked for in 2 × 2 overlapping tiles, too, and a tile's side over the picture's."""
BACKDROPS = 8
PLAIN = 0.5
"""Score of a face that needs no second look."""
LARGEST_HOLE = 0.6
"""Of a photo: where the head takes more, there is nothing around it to fill its place from."""
CLOSE = 0.2
"""Mean distance of five points from the truth, over that of the eyes, up to which a face can be aligned by them."""
YAWS = ((0.0, 0.15, "frontal"), (0.15, 0.35, "half turned"), (0.35, 0.6, "three quarters"), (0.6, np.inf, "profile"))
"""By how far the nose's tip lies from the middle of the eyes along their line, over their distance."""


@dataclasses.dataclass(frozen=True)
class Truth:
    """A photo and its largest face."""

    folder: str
    photo: Picture
    side: float
    """Pixels: the longer side of the face's box."""
    five: Five
    landmarks: align.Points

    @property
    def yaw(self) -> float:
        left, right, nose = self.five[:3]
        return abs(float((nose - left) @ (right - left) / max(((right - left) ** 2).sum(), 1e-6)) - 0.5)


@dataclasses.dataclass(frozen=True)
class Attempt:
    """What one look at a picture with one known face gave."""

    score: float
    """The best of all that was found; 0 where nothing was."""
    hit: bool
    """Whether the face is among what was found."""
    error: float
    """Mean distance of its five points over the eyes' distance; infinite without a hit."""


def truths(folders: list[pathlib.Path], weights: pathlib.Path, count: int) -> tuple[list[Truth], int]:
    """The photos with a face that is certain, out of `count` spread over the folders, and how many were looked at."""
    locator, found = locate.Locator(weights), []
    paths = spread(data.pictures(folders, "photos"), count)
    for path in tqdm(paths, desc="finding faces", unit="photo"):
        photo = locate.read(path)
        face = next(iter(locator.faces(photo)), None)
        if face is None or face.sure < SURE:
            continue
        side = float((face.box[2:] - face.box[:2]).max())
        five = align.five_points(face.landmarks) + 0.5
        found.append(Truth(path.parent.name, photo, side, five, face.landmarks))
    return found, len(paths)


def attempt(found: Found, five: Five) -> Attempt:
    """Whether a box has the face in its middle half and about its size, and how near the points of the best such one
    come."""
    boxes, scores, points = found
    if not len(boxes):
        return Attempt(0.0, False, np.inf)
    extent = np.linalg.norm(five[:, None] - five[None], axis=-1).max()
    sides = (boxes[:, 2:] - boxes[:, :2]).max(1)
    off = np.abs((boxes[:, :2] + boxes[:, 2:]) / 2 - five.mean(0)).max(1)
    hits = np.flatnonzero((off < sides / 4) & (sides > 0.8 * extent) & (sides < 3.5 * extent))
    if not len(hits):
        return Attempt(float(scores.max()), False, np.inf)
    apart = max(float(np.linalg.norm(five[1] - five[0])), 1e-6)
    return Attempt(float(scores.max()), True, float(np.linalg.norm(points[hits[0]] - five, axis=1).mean() / apart))


def turned(truth: Truth, degrees: float) -> tuple[Picture, Five]:
    """The photo turned clockwise about its middle, on a square of its longer side, its border drawn out."""
    height, width = truth.photo.shape[:2]
    side = max(height, width)
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -degrees, 1)
    matrix[:, 2] += [(side - width) / 2, (side - height) / 2]
    picture = align.warp(truth.photo, matrix, side, side, cv2.BORDER_REPLICATE)
    return picture, (truth.five - 0.5) @ matrix[:, :2].T + matrix[:, 2] + 0.5


def searched(attempts: Sequence[Attempt]) -> dict[str, Attempt]:
    """Of four looks, upright and turned by 90°, 180° and 270°, the one that each way of searching takes: the first; the
    best where the first found nothing, or nothing that scores `PLAIN`; the best. Best is the highest score."""
    first, best = attempts[0], max(attempts, key=lambda a: a.score)
    return {
        "one look": first,
        "turned where nothing is found": first if first.score else best,
        f"turned below {PLAIN}": first if first.score >= PLAIN else best,
        "best of four turns": best,
    }


def faceless(truth: Truth) -> Picture | None:
    """The photo without the head, its place filled from around it; None where the head fills the photo."""
    photo, points = truth.photo, truth.landmarks
    low, high = points.min(0), points.max(0)
    size = high - low
    left, top = np.floor(low - size * [0.7, 1.1]).astype(int)
    right, bottom = np.ceil(high + size * [0.7, 0.35]).astype(int)
    mask = np.zeros(photo.shape[:2], np.uint8)
    mask[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = 255
    if (mask > 0).mean() > LARGEST_HOLE:
        return None
    # A large hole is filled smoothly, so a small picture is as good, and much faster.
    shrink = 96 / max(photo.shape[:2])
    small = cv2.resize(photo, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    hole = cv2.resize(mask, small.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    filled = cv2.inpaint(small, cv2.dilate(hole, np.ones((5, 5), np.uint8)), 3, cv2.INPAINT_TELEA)
    filled = cv2.resize(filled, photo.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    share = cv2.GaussianBlur(mask, (0, 0), 4)[..., None] / 255
    return (filled * share + photo * (1 - share) + 0.5).astype(np.uint8)


def backdrop(photo: Picture) -> Picture:
    """A photo without faces as a scene, painted flat."""
    return cv2.resize(ground.abstract(photo, ink=False), (SCENE, SCENE), interpolation=cv2.INTER_CUBIC)


def scene(truth: Truth, behind: Picture, size: float, rng: np.random.Generator) -> tuple[Picture, Five]:
    """The photo, its face `size` pixels large, somewhere in a scene."""
    scale = size / truth.side
    middle = truth.five.mean(0)
    margin = min(0.7 * size, SCENE / 2)
    place = rng.uniform(margin, SCENE - margin, 2)
    matrix = np.hstack([np.eye(2) * scale, (place - scale * middle + (scale - 1) / 2)[:, None]])
    photo = align.warp(truth.photo, matrix, SCENE, SCENE, cv2.BORDER_CONSTANT)
    whole = align.warp(np.full(truth.photo.shape[:2], 255, np.uint8), matrix, SCENE, SCENE, cv2.BORDER_CONSTANT)
    share = whole[..., None] / 255
    return (photo * share + behind * (1 - share) + 0.5).astype(np.uint8), (truth.five - middle) * scale + place


def tiled(detect: Detect, picture: Picture) -> Found:
    """What is found in 2 × 2 overlapping tiles; a face that two of them hold comes twice."""
    height, width = (round(TILE * side) for side in picture.shape[:2])
    parts = []
    for top in (0, picture.shape[0] - height):
        for left in (0, picture.shape[1] - width):
            tile = np.ascontiguousarray(picture[top : top + height, left : left + width])
            boxes, scores, points = detect(tile)
            parts.append((boxes + np.float32([left, top] * 2), scores, points + np.float32([left, top])))
    boxes, scores, points = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(-scores, kind="stable")
    return boxes[order], scores[order], points[order]


def _share(hits: Iterable[bool]) -> str:
    values = list(hits)
    return f"{100 * sum(values) / len(values):.0f} %" if values else "–"


def _cells(attempts: Sequence[Attempt]) -> list[str]:
    """Found; found with points that are close; the points' median error."""
    errors = [a.error for a in attempts if a.hit]
    median = f"{np.median(errors):.3f}" if errors else "–"
    return [_share(a.hit for a in attempts), _share(a.error <= CLOSE for a in attempts), median]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def measure(detect: Detect, found: list[Truth], looked_at: int, some: int) -> Iterable[str]:
    """Markdown, section by section. `some` photos are turned and put into scenes, all are looked at upright."""
    yield f"{looked_at} photos, in {len(found)} of them a face of which the mesh is sure ({SURE} or more)."
    upright = [attempt(detect(t.photo), t.five) for t in tqdm(found, desc="upright", unit="photo")]
    by_set = {name: [a for t, a in zip(found, upright, strict=True) if t.folder == name] for name in _folders(found)}
    yield "### Photos as they are\n\n" + _table(
        ["photos", "n", "found", "points close", "points' median error"],
        [[name, str(len(these)), *_cells(these)] for name, these in [*by_set.items(), ("all", upright)]],
    )
    by_yaw = [
        (name, f"{low} – {high}", [a for t, a in zip(found, upright, strict=True) if low <= t.yaw < high])
        for low, high, name in YAWS
    ]
    yield "### By how far the head is turned to the side\n\n" + _table(
        ["head", "nose off the middle", "n", "found", "points close", "points' median error"],
        [[name, span, str(len(these)), *_cells(these)] for name, span, these in by_yaw],
    )
    fewer = found[:: max(1, len(found) // some)][:some] if some else []
    headless = {
        name: [photo for t in found if t.folder == name and (photo := faceless(t)) is not None]
        for name in _folders(found)
    }
    headless = {name: photos for name, photos in headless.items() if photos}
    if fewer and headless:
        yield _rotations(detect, fewer)
        yield _nothing(detect, headless)
        yield _sizes(detect, fewer, [photo for photos in headless.values() for photo in photos])


def _folders(found: list[Truth]) -> list[str]:
    return sorted({t.folder for t in found})


def _rotations(detect: Detect, found: list[Truth]) -> str:
    rows: list[list[str]] = []
    looks: dict[tuple[int, int], Attempt] = {}

    def look(index: int, degrees: int) -> Attempt:
        key = index, degrees % 360
        if key not in looks:
            picture, five = turned(found[index], degrees)
            looks[key] = attempt(detect(picture), five)
        return looks[key]

    head: list[str] = []
    for degrees in tqdm(ANGLES, desc="turned", unit="angle"):
        four = [searched([look(i, degrees + 90 * k) for k in range(4)]) for i in range(len(found))]
        once = _cells([ways["one look"] for ways in four])
        others = [way for way in four[0] if way != "one look"]
        rows.append([f"{degrees}°", *once[:2], *(_cells([ways[way] for ways in four])[1] for way in others)])
        head = ["turned by", "found", "points close", *(f"{way}: points close" for way in others)]
    return f"### Turned in the plane ({len(found)} photos)\n\n" + _table(head, rows)


def _sizes(detect: Detect, found: list[Truth], headless: list[Picture]) -> str:
    rows, rng = [], np.random.default_rng(0)
    backdrops = [backdrop(photo) for photo in headless[:: max(1, len(headless) // BACKDROPS)][:BACKDROPS]]
    for size in tqdm(SIZES, desc="sizes", unit="size"):
        once, tiles = [], []
        for index, truth in enumerate(found):
            picture, five = scene(truth, backdrops[index % len(backdrops)], size, rng)
            once.append(attempt(detect(picture), five))
            if size <= TILED:
                tiles.append(attempt(tiled(detect, picture), five))
        rows.append([f"{size} px", *_cells(once), *_cells(tiles)[:2]])
    head = ["face", "found", "points close", "points' median error", "2 × 2 tiles: found", "2 × 2 tiles: points close"]
    return f"### By size, in a scene of {SCENE} × {SCENE} pixels ({len(found)} photos)\n\n" + _table(head, rows)


def _nothing(detect: Detect, headless: dict[str, list[Picture]]) -> str:
    rows, every = [], []
    for name, photos in tqdm(headless.items(), desc="without a head", unit="folder"):
        # Once as it is and once turned, to each side in its turn.
        counts = [
            [
                int((detect(np.ascontiguousarray(np.rot90(photo, turn)))[1] >= score).sum())
                for turn in (0, 1 + index % 3)
                for score in (0.0, PLAIN)
            ]
            for index, photo in enumerate(photos)
        ]
        every += counts
        rows.append(_counted(name, counts))
    plain = f"of these with a score of {PLAIN} or more"
    head = ["photos without their head", "n", "boxes, upright", plain, "boxes, turned by 90°, 180° or 270°", plain]
    return "### Where there is no face\n\n" + _table(head, [*rows, _counted("all", every)])


def _counted(name: str, counts: list[list[int]]) -> list[str]:
    return [name, str(len(counts)), *(str(sum(column)) for column in zip(*counts, strict=True))]
