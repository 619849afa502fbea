import dataclasses

import numpy as np
import pytest
from conftest import upright_face

from dctnet.evaluation import detection
from dctnet.evaluation.detection import Attempt, Truth
from dctnet.faces import align


@pytest.fixture
def truth() -> Truth:
    """A gray photo whose face is five dots."""
    landmarks = upright_face(100, 0.5) + np.float32([60, 30])
    five = align.five_points(landmarks) + 0.5
    photo = np.full((160, 220, 3), 90, np.uint8)
    for colour, (x, y) in enumerate(five.astype(int)):
        photo[y - 2 : y + 3, x - 2 : x + 3] = 140 + 20 * colour
    return Truth("here", photo, 60.0, five, landmarks)


def dots(picture: np.ndarray, five: np.ndarray) -> list[int]:
    return [int(picture[y, x, 0]) for x, y in five.astype(int)]


@pytest.mark.parametrize("degrees", detection.ANGLES)
def test_the_truth_turns_with_the_photo(truth: Truth, degrees: int) -> None:
    picture, five = detection.turned(truth, degrees)
    assert picture.shape == (220, 220, 3)
    assert dots(picture, five) == pytest.approx([140, 160, 180, 200, 220], abs=6)
    if degrees == 90:  # clockwise: what was left is now above
        assert five[0, 1] < five[1, 1] and five[3, 0] < five[0, 0]


@pytest.mark.parametrize("size", [64, 128, 512])
def test_a_scene_has_the_face_in_its_size_and_place(truth: Truth, size: int) -> None:
    picture, five = detection.scene(truth, np.full((768, 768, 3), 70, np.uint8), size, np.random.default_rng(3))
    assert picture.shape == (768, 768, 3)
    assert np.ptp(five[:, 0]) == pytest.approx(np.ptp(truth.five[:, 0]) * size / 60)
    assert dots(picture, five) == pytest.approx([140, 160, 180, 200, 220], abs=8)


def test_a_photo_without_its_head_keeps_the_rest(truth: Truth) -> None:
    picture = detection.faceless(truth)
    assert picture is not None and picture.max() < 130
    assert (picture[:, :20] == truth.photo[:, :20]).all()
    (left, top), (right, bottom) = truth.landmarks.min(0).astype(int), truth.landmarks.max(0).astype(int)
    close = dataclasses.replace(
        truth, photo=truth.photo[top:bottom, left:right], landmarks=truth.landmarks - [left, top]
    )
    assert detection.faceless(close) is None


def found(truth: Truth, box: list[float], off: float = 0.0, score: float = 0.9) -> detection.Found:
    return np.float32([box]), np.float32([score]), (truth.five[None] + off).astype(np.float32)


def test_a_box_about_the_face_is_a_hit_and_others_are_not(truth: Truth) -> None:
    x, y = truth.five.mean(0)
    about = [x - 30, y - 35, x + 30, y + 30]
    assert detection.attempt(found(truth, about), truth.five) == Attempt(
        pytest.approx(0.9), True, pytest.approx(0, abs=1e-6)
    )
    apart = np.linalg.norm(truth.five[1] - truth.five[0])
    assert detection.attempt(found(truth, about, apart / 2**0.5), truth.five).error == pytest.approx(1, abs=1e-3)
    for other in ([0, 0, 60, 60], [x - 5, y - 5, x + 5, y + 5], [x - 200, y - 200, x + 200, y + 200]):
        assert detection.attempt(found(truth, other), truth.five) == Attempt(pytest.approx(0.9), False, np.inf)
    none = np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty((0, 5, 2), np.float32)
    assert detection.attempt(none, truth.five) == Attempt(0.0, False, np.inf)


def test_the_search_turns_where_nothing_was_found_or_takes_the_best() -> None:
    nothing, faint, strong = Attempt(0.0, False, np.inf), Attempt(0.4, False, np.inf), Attempt(0.9, True, 0.05)
    assert list(detection.searched([nothing, faint, nothing, strong]).values()) == [nothing, strong, strong, strong]
    assert list(detection.searched([faint, nothing, strong, nothing]).values()) == [faint, faint, strong, strong]
    plain = Attempt(0.6, True, 0.1)
    assert list(detection.searched([plain, nothing, strong, nothing]).values()) == [plain, plain, plain, strong]


def test_tiles_answer_in_pixels_of_the_picture(truth: Truth) -> None:
    """The detector stub finds the brightest pixel of what it is shown."""

    def detect(picture: np.ndarray) -> detection.Found:
        y, x = np.unravel_index(picture[..., 0].argmax(), picture.shape[:2])
        return (
            np.float32([[x, y, x + 1, y + 1]]),
            picture[y, x, :1].astype(np.float32),
            np.full((1, 5, 2), [x, y], np.float32),
        )

    picture = np.zeros((100, 200, 3), np.uint8)
    picture[90, 180], picture[5, 7] = 250, 200
    boxes, scores, points = detection.tiled(detect, picture)
    assert scores[:2].tolist() == [250, 200] and boxes[:2, :2].tolist() == [[180, 90], [7, 5]]
    assert points[0, 0].tolist() == [180, 90]
