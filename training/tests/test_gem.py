import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dctnet import config, gem, warp
from dctnet.faces import align

views = st.builds(
    gem.View,
    st.floats(0.4, 1.1),
    st.floats(-180, 180),
    st.floats(0, 1),
    st.floats(0, 1),
    st.booleans(),
)


def seen(view: gem.View, picture: np.ndarray, crop: int) -> np.ndarray:
    return warp.by_opencv(picture, view.places(picture.shape[0], crop), crop, "reflect")


def test_the_whole_picture_unturned_is_the_picture() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    assert np.array_equal(seen(gem.View(1.0, 0.0, 0.5, 0.5, False), picture, 64), picture)
    assert np.array_equal(seen(gem.View(1.0, 0.0, 0.5, 0.5, True), picture, 64), picture[:, ::-1])


def test_a_half_turn_mirrors_both_ways() -> None:
    picture = cv2.resize(np.random.default_rng(0).integers(0, 255, (8, 8, 3), np.uint8), (64, 64))
    turned = seen(gem.View(1.0, 180.0, 0.5, 0.5, False), picture, 64)
    assert np.abs(turned.astype(int) - picture[::-1, ::-1]).max() <= 1


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**31), st.integers(40, 200))
def test_any_view_of_a_flat_picture_is_flat(seed: int, side: int) -> None:
    view = gem.View.draw(np.random.default_rng(seed), config.Gem())
    found = seen(view, np.full((side, side, 3), 77, np.uint8), 64)
    assert found.shape == (64, 64, 3) and (found == 77).all()


@settings(max_examples=60, deadline=None)
@given(views, st.integers(0, 2**31))
def test_a_mark_is_seen_where_the_matrix_takes_it(view: gem.View, seed: int) -> None:
    side, crop = 160, 128
    place = np.random.default_rng(seed).uniform(40, 120, (1, 2))
    picture = np.zeros((side, side, 3), np.uint8)
    x, y = place[0].round().astype(int)
    cv2.circle(picture, (int(x), int(y)), 4, (255, 255, 255), -1)
    wanted = align.apply(view.matrix(side, crop), np.array([[x, y]], float))[0]
    if not (8 < wanted[0] < crop - 8 and 8 < wanted[1] < crop - 8):
        return
    shown = seen(view, picture, crop)[..., 0].astype(float)
    rows, columns = np.mgrid[:crop, :crop]
    near = np.hypot(columns - wanted[0], rows - wanted[1]) < 12
    weight = shown * near
    found = np.array([(weight * columns).sum(), (weight * rows).sum()]) / weight.sum()
    assert np.abs(found - wanted).max() < 0.5


@settings(max_examples=50, deadline=None)
@given(views)
def test_a_view_keeps_shapes_and_shows_its_share(view: gem.View) -> None:
    matrix = view.matrix(200, 128)
    lengths = np.linalg.norm(matrix[:, :2], axis=0)
    assert np.allclose(lengths, 128 / (200 * view.coverage)) and abs(matrix[:, 0] @ matrix[:, 1]) < 1e-9
    assert (np.linalg.det(matrix[:, :2]) < 0) == view.mirrored


def test_hue_keeps_gray_and_luma() -> None:
    matrix = gem.hue_matrix(np.random.default_rng(5))
    luma = np.array([0.299, 0.587, 0.114])
    assert np.allclose(matrix @ np.full(3, 0.4), 0.4, atol=2e-3)
    assert np.allclose(luma @ matrix, luma, atol=2e-3)


@settings(max_examples=50, deadline=None)
@given(views, st.integers(0, 2**31))
def test_a_carried_face_keeps_its_openness_and_its_sides(view: gem.View, seed: int) -> None:
    face = np.random.default_rng(seed).uniform(40, 120, (68, 2)).astype(np.float32)
    carried = view.carry(face, 160, 128)
    left, right, mouth = align.openness(face)
    expected = (right, left, mouth) if view.mirrored else (left, right, mouth)
    assert np.allclose(align.openness(carried), expected, rtol=1e-3, atol=1e-3)
    # The crop's own matrix takes every landmark along, whichever name it has then.
    moved = align.apply(view.matrix(160, 128), face)
    assert np.allclose(np.sort(moved, 0), np.sort(carried, 0), atol=1e-4)
    assert view.mirrored or np.array_equal(moved, carried)
