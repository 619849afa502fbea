import pathlib

import numpy as np
import pytest
from PIL import Image

from dctnet.data import DataError
from dctnet.faces import align, locate


@pytest.fixture(scope="module")
def locator(weights: pathlib.Path) -> locate.Locator:
    return locate.Locator(weights)


def test_the_sample_portrait_has_one_face_with_its_eyes_inside(locator: locate.Locator, sample: np.ndarray) -> None:
    (face,) = locator.faces(sample)
    assert face.score > 0.5 and face.sure > 0.9
    left, right, nose, *mouth = align.five_points(face.landmarks)
    assert left[0] < nose[0] < right[0] and max(left[1], right[1]) < nose[1] < min(p[1] for p in mouth)
    assert all((face.box[:2] < p).all() and (p < face.box[2:]).all() for p in (left, right, nose))


@pytest.mark.parametrize("degrees", [-25, 25])
def test_landmarks_turn_with_the_face(locator: locate.Locator, sample: np.ndarray, degrees: float) -> None:
    (straight,) = locator.faces(sample)
    turned = np.asarray(Image.fromarray(sample).rotate(degrees, Image.Resampling.BICUBIC))
    face = locator.faces(turned)[0]
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    centre = (np.array(sample.shape[1::-1]) - 1) / 2
    expected = (straight.landmarks - centre) @ np.array([[c, -s], [s, c]]) + centre
    apart = np.linalg.norm(np.diff(align.five_points(face.landmarks)[:2], axis=0))
    assert np.linalg.norm(face.landmarks - expected, axis=1).mean() / apart < 0.04


def test_two_faces_come_largest_first(locator: locate.Locator, sample: np.ndarray) -> None:
    small = np.asarray(Image.fromarray(sample).resize((256, 256)))
    both = np.zeros((512, 800, 3), np.uint8)
    both[:256, :256] = small
    both[:, 288:] = sample
    first, second = locator.faces(both)
    assert first.area > second.area and first.box[0] > 256 > second.box[2] - 16


def test_a_face_that_fills_the_picture_is_found(locator: locate.Locator, sample: np.ndarray) -> None:
    (face,) = locator.faces(sample)
    low, high = face.landmarks.min(0).astype(int), face.landmarks.max(0).astype(int)
    assert locator.faces(np.ascontiguousarray(sample[low[1] : high[1], low[0] : high[0]]))


def test_the_mesh_finds_what_the_detector_does_not(
    locator: locate.Locator, sample: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with heads of emoji: the detector is made blind."""
    (seen,) = locator.faces(sample)
    crop = align.aligned(sample, seen.landmarks, 256, 0.6)
    none = np.empty((0, 4), np.float32), np.empty(0, np.float32)
    monkeypatch.setattr(locator, "_detected", lambda picture, threshold: none)
    (face,) = locator.faces(crop)
    expected = align.apply(align.matrix(seen.landmarks, 256, 0.6), seen.landmarks)
    assert face.score == 0 and face.sure > 0.9 and np.abs(face.landmarks - expected).mean() < 3
    assert locator.faces(np.ascontiguousarray(crop[:70, :70])) == []


def test_nothing_is_found_where_nothing_is(locator: locate.Locator) -> None:
    assert locator.faces(np.full((256, 300, 3), 200, np.uint8)) == []


def test_a_folder_is_looked_at_once(locator: locate.Locator, sample: np.ndarray, tmp_path: pathlib.Path) -> None:
    portrait, broken = tmp_path / "a.png", tmp_path / "b.png"
    Image.fromarray(sample).resize((256, 256)).save(portrait)
    broken.write_bytes(b"no picture")
    cache = tmp_path / "faces.npz"
    found = locate.locate_all([portrait, broken], cache, locator)
    assert len(found[portrait]) == 1 and found[broken] == []

    class Unused:
        def faces(self, picture: np.ndarray) -> list[locate.Face]:
            raise AssertionError("looked again")

    again = locate.locate_all([broken, portrait], cache, Unused())  # type: ignore[arg-type]
    np.testing.assert_array_equal(again[portrait][0].landmarks, found[portrait][0].landmarks)
    Image.fromarray(sample).resize((200, 200)).save(portrait)
    with pytest.raises(AssertionError, match="looked again"):
        locate.locate_all([portrait], cache, Unused())  # type: ignore[arg-type]


def test_an_unreadable_picture_is_named(tmp_path: pathlib.Path) -> None:
    (tmp_path / "x.jpg").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(DataError, match=r"x\.jpg: not a readable picture"):
        locate.read(tmp_path / "x.jpg")
