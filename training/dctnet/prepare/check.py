"""One picture's fitness: what it shows, and the first rule that refuses it, as a sentence."""

from __future__ import annotations

import dataclasses
import fnmatch
import pathlib

import cv2
import numpy as np

from ..data import DataError
from ..faces import align, locate, regions
from ..faces.locate import Face
from ..ground import Picture
from .config import Prepare

UNFOUND = ("face unclear", "face cut off", "face in profile")
"""Where a face need not be found, one that is found badly is no reason either."""


@dataclasses.dataclass
class Verdict:
    path: pathlib.Path
    reason: str | None
    """A short cause, the same for all pictures that it refuses; None when the picture is accepted."""
    detail: str = ""
    """The figures behind it."""
    size: tuple[int, int] = (0, 0)
    """Width and height."""
    face: Face | None = None
    """The largest one, in pixels of `locate.read(path)`."""

    @property
    def accepted(self) -> bool:
        return self.reason is None


def excluded(path: pathlib.Path, rules: Prepare) -> bool:
    return any(fnmatch.fnmatch(path.name, pattern) for pattern in rules.exclude)


def turned(face: Face) -> float:
    """How far the nose tip lies from the middle between the eyes, along them, in their distance: 0 ahead, above 0.6 a
    profile. Where the further eye is hidden, its landmarks are close to the nearer one's."""
    left, right, nose, *_ = align.five_points(face.landmarks)
    apart = right - left
    return abs(float((nose - (left + right) / 2) @ apart / max(float(apart @ apart), 1e-6)))


def skin_chroma(picture: Picture, face: Face) -> float:
    """CIE chroma of the median colour of the face's skin."""
    height, width = picture.shape[:2]
    skin = regions.regions(face.landmarks, height, width)[regions.REGIONS.index("skin")] > 0.5
    if not skin.any():
        return 0.0
    lab = cv2.cvtColor(np.median(picture[skin], 0).astype(np.float32)[None, None] / 255, cv2.COLOR_RGB2LAB)
    return float(np.hypot(lab[0, 0, 1], lab[0, 0, 2]))


def _of_face(picture: Picture, faces: list[Face], rules: Prepare) -> tuple[str, str] | None:
    face = faces[0]
    inner = face.landmarks[17:]
    height, width = picture.shape[:2]
    # The jaw may be cut by the border, eyes and mouth must not.
    beyond = max(float(-inner.min()), float((inner.max(0) - [width - 1, height - 1]).max()))
    span = float((face.landmarks.max(0) - face.landmarks.min(0)).max()) / min(height, width)
    others = sum(other.area >= 0.25 * face.area and other.sure >= locate.TRUSTED for other in faces)
    if others > rules.most_faces:
        return "too many faces", f"{others}, more than {rules.most_faces}"
    if face.sure < locate.TRUSTED:
        return "face unclear", f"the mesh is {face.sure:.2f} sure of it"
    if beyond > 0.02 * min(height, width):
        return "face cut off", f"{beyond:.0f} pixels beyond the border"
    if span < rules.least_face:
        return "face too small", f"{span:.2f} of the shorter side, less than {rules.least_face}"
    if turned(face) > rules.most_turned:
        return "face in profile", f"turned {turned(face):.2f}, more than {rules.most_turned}"
    if rules.most_chroma and (chroma := skin_chroma(picture, face)) > rules.most_chroma:
        return "colour of skin", f"chroma {chroma:.0f}, more than {rules.most_chroma:g}"
    return None


def check(path: pathlib.Path, faces: list[Face], rules: Prepare) -> tuple[Verdict, Picture | None]:
    """The verdict on one picture but for duplicates, and the picture where it can be read. `faces` are of
    `locate.read(path)`."""
    if excluded(path, rules):
        return Verdict(path, "excluded", "by its name"), None
    try:
        picture = locate.read(path)
    except DataError as error:
        return Verdict(path, "unreadable", str(error).rsplit("(", 1)[-1].rstrip(")")), None
    height, width = picture.shape[:2]
    face = faces[0] if faces else None
    verdict = Verdict(path, None, size=(width, height), face=face)
    if min(height, width) < rules.least_pixels:
        verdict.reason, verdict.detail = "too small", f"{width} × {height} pixels, {rules.least_pixels} are needed"
    elif face is None:
        verdict.reason = "no face found" if rules.require_face else None
    elif (found := _of_face(picture, faces, rules)) and (rules.require_face or found[0] not in UNFOUND):
        verdict.reason, verdict.detail = found
    return verdict, picture
