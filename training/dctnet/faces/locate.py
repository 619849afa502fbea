"""Faces of a picture with their landmarks, and of a whole folder with a cache on disk."""

from __future__ import annotations

import dataclasses
import hashlib
import pathlib
from collections.abc import Iterable

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor
from tqdm import tqdm

from .. import data
from ..ground import Picture
from . import align, mesh
from .align import Matrix, Points
from .detector import Detector, detect
from .mesh import Mesh
from .networks import Landmarks

VERSION = 3
"""Of what a cached face means; raised when boxes or landmarks would come out differently."""
SURE, POSSIBLE = 0.3, 0.1
"""Scores of a face at first sight, and of one that is looked for because there was none."""
COARSE, COARSE_MARGIN = 112, 1.15
"""Pixels of the first landmark network's crop, and its side over the landmarks' extent when it looks again."""
TRUSTED = 0.5
"""How sure the mesh must be of a face for its landmarks to be taken."""
MIDDLE, CERTAIN = (1.0, 0.7), 0.9
"""Sides of squares in a picture's middle, over its shorter side, in which a face is looked for that the detector did
not see, and how sure the mesh must be of it."""
LARGEST = 1024
"""Longer sides are reduced for finding; a portrait's face has more pixels than any network here takes."""


@dataclasses.dataclass(frozen=True)
class Face:
    box: NDArray[np.float32]
    """[4]: left, top, right, bottom in pixels of the picture."""
    score: float
    """The detector's, 0 … 1."""
    landmarks: Points
    """[68, 2] in pixels of the picture; `align.py` has their order."""
    sure: float
    """The mesh's own opinion whether this is a face, 0 … 1; below 0.5 the landmarks are rough guesses."""

    @property
    def area(self) -> float:
        return float((self.box[2:] - self.box[:2]).prod())


def read(path: pathlib.Path, largest: int = LARGEST) -> Picture:
    """An upright RGB picture [H, W, 3] of at most `largest` pixels a side, transparency white. Raises DataError."""
    try:
        with Image.open(path) as image:
            image = ImageOps.exif_transpose(image)
            if image.mode in ("RGBA", "LA", "P", "PA"):
                image = image.convert("RGBA")
                image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
            image = image.convert("RGB")
            image.thumbnail((largest, largest), Image.Resampling.LANCZOS)
            return np.asarray(image)
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise data.DataError(f"{path}: not a readable picture ({error})") from None


def upright(landmarks: Points, extent: Points, size: int, margin: float) -> Matrix:
    """The transform to a crop of `size` pixels with level eyes and the extent of [N, 2] points, times `margin`, in its
    middle."""
    eyes = landmarks[align.RIGHT_EYE].mean(0) - landmarks[align.LEFT_EYE].mean(0)
    along = eyes / max(float(np.linalg.norm(eyes)), 1e-6)
    turn = np.array([along, [-along[1], along[0]]], np.float64)
    turned = extent @ turn.T
    low, high = turned.min(0), turned.max(0)
    scale = size / max(float((high - low).max()) * margin, 1e-3)
    return np.hstack([turn * scale, ((size - 1) / 2 - scale * (low + high) / 2)[:, None]])


class Locator:
    """Finds faces in portraits of about 256 to 1024 pixels, photographed or drawn."""

    def __init__(self, weights: pathlib.Path, device: torch.device | str = "cpu") -> None:
        self.device = torch.device(device)
        self.detector = Detector(weights).to(self.device).eval()
        self.coarse = Landmarks(weights).to(self.device).eval()
        self.mesh = Mesh(weights).to(self.device).eval()

    def faces(self, picture: Picture, threshold: float = SURE) -> list[Face]:
        """Faces of [H, W, 3] uint8 RGB, largest first; none when there is none.

        Where nothing reaches `threshold`, the best of what is fainter or fills the picture is taken, if there is any. A
        face that the mesh is sure of and the detector did not see, as happens with drawn ones, has the score 0.
        """
        boxes, scores = self._boxes(picture, threshold)
        faces = [Face(b, float(s), *self.landmarks(picture, b)) for b, s in zip(boxes, scores, strict=True)]
        if not any(face.sure >= TRUSTED for face in faces):
            faces = self._in_the_middle(picture) or faces
        return sorted(faces, key=lambda face: -face.area)

    def _in_the_middle(self, picture: Picture) -> list[Face]:
        """A portrait's face is there: the mesh is asked, which is never sure of a face where there is none."""
        height, width = picture.shape[:2]
        for share in MIDDLE:
            half, centre = min(height, width) * share / 2, np.array([width, height]) / 2
            points, sure = self.landmarks(picture, np.concatenate([centre - half, centre + half]))
            if sure >= CERTAIN:
                box = np.concatenate([points.min(0), points.max(0)]).clip(0, [width, height] * 2)
                return [Face(box.astype(np.float32), 0.0, points, sure)]
        return []

    def _detected(self, picture: Picture, threshold: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return detect(self.detector, self._tensor(picture), threshold)

    def _boxes(self, picture: Picture, threshold: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        boxes, scores = self._detected(picture, min(threshold, POSSIBLE))
        if (scores > threshold).any():
            return boxes[scores > threshold], scores[scores > threshold]
        # A face cut by the border, or one that fills the picture, is found when there is ground around it.
        height, width = picture.shape[:2]
        border = max(height, width) // 3
        framed = cv2.copyMakeBorder(picture, border, border, border, border, cv2.BORDER_REPLICATE)
        wider, surer = self._detected(framed, POSSIBLE)
        if len(surer) and (not len(scores) or surer[0] > scores[0]):
            boxes, scores = wider - np.float32(border), surer
        boxes = boxes.clip(0, np.array([width, height, width, height], np.float32))
        # Only the best: what is faint is more often a pattern than a second person.
        return boxes[:1], scores[:1]

    def _tensor(self, picture: Picture) -> Tensor:
        return data.to_tensor(picture).to(self.device)

    def _crops(self, picture: Picture, transform: Matrix, size: int) -> Tensor:
        """[2, 3, size, size]: the crop and its mirror image. Their mean is free of a network's own lean."""
        crop = align.warp(picture, transform, size, size, cv2.BORDER_CONSTANT)
        return torch.stack([self._tensor(crop), self._tensor(np.ascontiguousarray(crop[:, ::-1]))])

    @torch.no_grad()
    def landmarks(self, picture: Picture, box: NDArray[np.floating]) -> tuple[Points, float]:
        """[68, 2] of the face in `box`, and how surely it is one, 0 … 1: the mesh's points, or face-api's where the
        mesh is not sure."""
        side, centre = max(float((box[2:] - box[:2]).max()), 1.0), (box[:2] + box[2:]) / 2
        scale = COARSE / side
        transform = np.hstack([np.eye(2) * scale, ((COARSE - 1) / 2 - scale * centre)[:, None]])
        for _ in range(2):
            coarse = _merged(self.coarse(self._crops(picture, transform, COARSE)), transform, COARSE)
            transform = upright(coarse, coarse, COARSE, COARSE_MARGIN)
        # The mesh's own extent has the forehead too: the first crop is therefore wider, and the second lies better.
        found, extent, margin = coarse, coarse, 1.15 * mesh.MARGIN
        for _ in range(2):
            transform = upright(found, extent, mesh.SIZE, margin)
            points, sure = self.mesh(self._crops(picture, transform, mesh.SIZE))
            found = _merged(points[:, list(mesh.IBUG)], transform, mesh.SIZE)
            extent = align.apply(align.inverse(transform), points[0].cpu().numpy() * mesh.SIZE - 0.5)
            margin = mesh.MARGIN
        surely = float(sure.mean())
        return (found, surely) if surely >= TRUSTED else (coarse, surely)


def _merged(both: Tensor, transform: Matrix, size: int) -> Points:
    """[2, 68, 2] of a crop and its mirror image, as shares of the side → [68, 2] in pixels of the picture."""
    plain, mirrored = both.cpu().numpy().astype(np.float64) * size - 0.5
    mirrored = (np.array([size - 1, 0]) + mirrored * [-1, 1])[align.MIRRORED]
    return align.apply(align.inverse(transform), (plain + mirrored) / 2)


COLUMNS = 6 + 68 * 2
"""Of a cached face: box, score, sure, landmarks."""


def _key(path: pathlib.Path) -> str:
    state = path.stat()
    return hashlib.sha256(f"{VERSION}|{path.resolve()}|{state.st_size}|{state.st_mtime_ns}".encode()).hexdigest()[:24]


def locate_all(
    paths: Iterable[pathlib.Path], cache: pathlib.Path, locator: Locator, largest: int = LARGEST
) -> dict[pathlib.Path, list[Face]]:
    """The faces of every readable picture, in pixels of `read(path, largest)`; what cannot be read has none.

    `cache` is an .npz that grows: a file is looked at once, until its path, size or time of change differs.
    """
    paths = list(paths)
    known: dict[str, NDArray[np.float32]] = {}
    if cache.exists():
        with np.load(cache) as archive:
            known = dict(zip(archive["keys"].tolist(), _split(archive["rows"], archive["counts"]), strict=True))
    keys = {path: f"{_key(path)}{largest}" for path in paths}
    missing = [path for path in paths if keys[path] not in known]
    for count, path in enumerate(tqdm(missing, desc="finding faces", unit="picture", disable=not missing), 1):
        try:
            found = locator.faces(read(path, largest))
        except data.DataError:
            found = []
        known[keys[path]] = np.array(
            [[*face.box, face.score, face.sure, *face.landmarks.ravel()] for face in found], np.float32
        ).reshape(-1, COLUMNS)
        if count % 200 == 0 or count == len(missing):
            _save(cache, known)
    return {
        path: [Face(row[:4], float(row[4]), row[6:].reshape(68, 2), float(row[5])) for row in known[keys[path]]]
        for path in paths
    }


def _split(rows: NDArray[np.float32], counts: NDArray[np.int64]) -> list[NDArray[np.float32]]:
    return np.split(rows, np.cumsum(counts)[:-1]) if len(counts) else []


def _save(cache: pathlib.Path, known: dict[str, NDArray[np.float32]]) -> None:
    cache.parent.mkdir(parents=True, exist_ok=True)
    partial = cache.with_suffix(".partial.npz")
    rows = np.concatenate([*known.values(), np.empty((0, COLUMNS), np.float32)])
    np.savez(partial, keys=np.array(list(known)), counts=np.array([len(v) for v in known.values()]), rows=rows)
    partial.replace(cache)
