"""The photos that a style is evaluated on: chosen by rule, looked at once, the same for every network."""

from __future__ import annotations

import dataclasses
import itertools
import pathlib

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from .. import data, split
from ..faces import regions
from ..faces.align import Points
from ..faces.locate import Face
from ..ground import Picture
from . import colour, geometry
from .reader import Reader

SIZE = 512
LEAST = 2
"""Photos without which there is nothing to compare; the intervals say how little so few can tell."""
COUNT, OTHERS = 100, 200
"""Photos that are stylized, and photos of others that a person is looked for among, besides those."""


@dataclasses.dataclass(frozen=True)
class Subject:
    """A photo to stylize, and what is known of it."""

    name: str
    """FOLDER/STEM."""
    photo: Picture
    """[512, 512, 3]."""
    face: Face
    """The largest, in pixels of `photo`."""
    person: NDArray[np.bool_]
    """[512, 512]: head and shoulders, as far as landmarks tell."""
    portrait: Picture
    """[512, 512, 3]: the square around the face that frames it as the style's exemplars frame theirs."""
    portrait_person: NDArray[np.bool_]
    embedding: NDArray[np.float32]
    age: float
    """Years, guessed; NaN where they are not."""
    skin: float
    """Individual typology angle in degrees (`colour.typology_angle`)."""
    glasses: bool | None = None
    """None where nobody said."""


def spread(paths: list[pathlib.Path], count: int) -> list[pathlib.Path]:
    """Up to `count`, as many of every folder as it has, evenly over its names: a small folder gives all before a large
    one gives more."""
    folders = [list(group) for _, group in itertools.groupby(sorted(paths), key=lambda path: path.parent)]
    left, chosen = count, []
    for index, folder in enumerate(sorted(folders, key=len)):
        take = min(len(folder), left // (len(folders) - index))
        left -= take
        chosen += [folder[(2 * i + 1) * len(folder) // (2 * take)] for i in range(take)]
    return sorted(chosen)


def chosen(folders: list[pathlib.Path]) -> tuple[list[pathlib.Path], list[pathlib.Path]]:
    """The held-out photos to stylize (`split.held_out`), and others for the gallery. Raises DataError when there are
    fewer than `LEAST` to stylize."""
    paths = data.pictures(folders, "photos")
    held = split.held_out(paths)
    subjects = spread(sorted(held), COUNT)
    if len(subjects) < LEAST:
        raise data.DataError(
            f"photos: {len(paths)} are there, and one in {split.PHOTO_EVERY} of a folder is held out to measure on; "
            f"bring {LEAST * split.PHOTO_EVERY} at the least, better a thousand"
        )
    return subjects, spread([path for path in paths if path not in held], OTHERS)


def person(landmarks: Points, size: int) -> NDArray[np.bool_]:
    """[size, size]: an ellipse over head and hair, and shoulders down to the picture's end.

    A photo has no drawn outline to follow. The head's proportions to its landmarks are those of an adult's; hair that
    is longer or wider counts as ground.
    """
    mask = np.zeros((size, size), np.uint8)
    chin, left, right = landmarks[8], landmarks[0], landmarks[16]
    middle = (left + right) / 2
    across, down = right - left, chin - middle
    width = float(max(np.linalg.norm(across), np.linalg.norm(down) * 0.9))
    height = float(max(np.linalg.norm(down), 0.6 * width))
    unit = down / max(float(np.linalg.norm(down)), 1e-6)
    centre = middle - unit * 0.1 * height
    angle = float(np.degrees(np.arctan2(unit[1], unit[0])) - 90)
    axes = (0.66 * width, 1.15 * height)
    box = (tuple(map(float, centre)), (2 * axes[0], 2 * axes[1]), angle)
    cv2.ellipse(mask, box, 255, -1)
    neck = chin - unit * 0.1 * height
    shoulders = chin + np.array([0, 0.75 * width], np.float32)
    heights = [neck[1], shoulders[1], 2 * size]
    half = width * np.array([0.35, 1.15, 1.35])
    sides = [np.stack([shoulders[0] + sign * half, heights], 1) for sign in (-1, 1)]
    outline = np.concatenate([sides[0], sides[1][::-1]])
    cv2.fillPoly(mask, [outline.round().astype(np.int32)], 255)
    return mask > 0


@dataclasses.dataclass(frozen=True)
class Frame:
    """How a style's exemplars frame a face: shares of the picture's side."""

    inter_ocular: float = 0.2
    x: float = 0.5
    y: float = 0.48
    """Of the point half-way between the outer corners of the eyes."""

    @staticmethod
    def of(landmarks: list[Points], size: int) -> Frame:
        """The median of the exemplars in which a face was found; an ordinary portrait's where there are under five."""
        if len(landmarks) < 5:
            return Frame()
        centres = np.median([(p[36] + p[45]) / 2 / size for p in landmarks], 0)
        return Frame(float(np.median([geometry.inter_ocular(p) for p in landmarks])) / size, *map(float, centres))

    def matrix(self, landmarks: Points, size: int) -> NDArray[np.float64]:
        """[2, 3]: picture of `size` → portrait of `size`. It never turns, and never reaches beyond the picture."""
        side = min(size, geometry.inter_ocular(landmarks) / self.inter_ocular)
        corner = (landmarks[36] + landmarks[45]) / 2 - side * np.array([self.x, self.y])
        corner = corner.clip(0, size - side)
        return np.array([[size / side, 0, -corner[0] * size / side], [0, size / side, -corner[1] * size / side]])


def framed(photo: Picture, matrix: NDArray[np.float64]) -> Picture:
    return cv2.warpAffine(photo, matrix, photo.shape[1::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def look(
    paths: list[pathlib.Path], reader: Reader, frame: Frame, with_glasses: frozenset[str] | None = None
) -> tuple[list[Subject], list[str]]:
    """Subjects, and the names of photos in which no face was found: of those nothing is known to compare.

    `with_glasses` are the names of the photos whose people wear glasses, where somebody looked.
    """
    subjects, without = [], []
    for path in tqdm(paths, desc="looking at photos", unit="photo"):
        name, photo = f"{path.parent.name}/{path.stem}", data.read(path, SIZE)
        face = next(iter(reader.faces(photo)), None)
        if face is None:
            without.append(name)
            continue
        inside, matrix = person(face.landmarks, SIZE), frame.matrix(face.landmarks, SIZE)
        subjects.append(
            Subject(
                name,
                photo,
                face,
                inside,
                framed(photo, matrix),
                framed(inside.astype(np.uint8), matrix) > 0,
                reader.embedding(photo, face.landmarks),
                reader.age(photo, face.landmarks),
                colour.typology_angle(photo, regions.cheeks(face.landmarks, SIZE)),
                None if with_glasses is None else name in with_glasses,
            )
        )
    return subjects, without


def gallery(paths: list[pathlib.Path], reader: Reader) -> NDArray[np.float32]:
    """[G, D]: embeddings of the photos' largest faces."""
    found = []
    for path in tqdm(paths, desc="photos of others", unit="photo"):
        photo = data.read(path, SIZE)
        face = next(iter(reader.faces(photo)), None)
        if face is not None:
            found.append(reader.embedding(photo, face.landmarks))
    return np.stack(found) if found else np.empty((0, 0), np.float32)
