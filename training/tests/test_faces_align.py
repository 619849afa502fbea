import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dctnet.faces import align, regions

# A busy machine is no failure.
settings.register_profile("faces", deadline=None, max_examples=50)
settings.load_profile("faces")

turns = st.floats(-np.pi, np.pi)
scales = st.floats(0.2, 5)
shifts = st.floats(-300, 300)


def face(seed: int = 0) -> align.Points:
    """68 landmarks of an upright face of 200 pixels, roughly; every seed another."""
    t = np.linspace(np.pi, 0, 17)
    jaw = np.stack([100 * np.cos(t), 90 * np.sin(t) + 10], 1)
    brow = np.stack([np.linspace(-30, 30, 5), [0, -8, -10, -8, 0]], 1)
    nose = np.array([[0, -30], [0, -15], [0, 0], [0, 15], [-15, 25], [-8, 28], [0, 30], [8, 28], [15, 25]])
    eye = np.array([[-18, 0], [-8, -6], [8, -6], [18, 0], [8, 6], [-8, 6]])
    outer = np.array(
        [
            [-30, 0],
            [-20, -8],
            [-8, -11],
            [0, -9],
            [8, -11],
            [20, -8],
            [30, 0],
            [20, 9],
            [8, 13],
            [0, 14],
            [-8, 13],
            [-20, 9],
        ]
    )
    inner = np.array([[-25, 0], [-8, -3], [0, -3], [8, -3], [25, 0], [8, 4], [0, 4], [-8, 4]])
    moved = [
        (brow, -45, -55),
        (brow, 45, -55),
        (nose, 0, 0),
        (eye, -42, -30),
        (eye, 42, -30),
        (outer, 0, 55),
        (inner, 0, 55),
    ]
    points = np.concatenate([jaw, *(part + np.array([x, y]) for part, x, y in moved)]) + 128
    return (points + np.random.default_rng(seed).normal(0, 1.5, points.shape)).astype(np.float32)


def turned(points: align.Points, angle: float, scale: float, x: float, y: float) -> align.Points:
    c, s = np.cos(angle) * scale, np.sin(angle) * scale
    return (points @ np.array([[c, s], [-s, c]]) + [x, y]).astype(np.float32)


@given(st.integers(0, 99), turns, scales, shifts, shifts)
def test_an_aligned_face_is_where_the_template_says_however_it_lay(
    seed: int, angle: float, scale: float, x: float, y: float
) -> None:
    plain, moved = face(seed), turned(face(seed), angle, scale, x, y)
    a = align.apply(align.matrix(plain), plain)
    b = align.apply(align.matrix(moved), moved)
    np.testing.assert_allclose(a, b, atol=0.1)
    assert np.linalg.norm(align.five_points(b) - align.template(), axis=1).max() < 20


@given(st.integers(0, 99), turns, st.floats(0.8, 2), st.sampled_from([128, 256, 288]), st.floats(0.5, 1))
def test_unaligning_undoes_aligning(seed: int, angle: float, scale: float, size: int, ratio: float) -> None:
    points = turned(face(seed), angle, scale, 200, 200)
    there = align.matrix(points, size, ratio)
    back = align.apply(align.inverse(there), align.apply(there, points))
    assert np.abs(back - points).max() < 0.05


@settings(max_examples=25)
@given(st.floats(-0.6, 0.6), st.floats(0.5, 2))
def test_a_picture_comes_back_to_half_a_pixel(angle: float, scale: float) -> None:
    """A spot's centre of mass after align and unalign, at every scale that `warp` treats differently."""
    side = 400
    points = turned(face(), angle, scale, 0, 0)
    points += np.float32(side / 2) - points.mean(0)
    spot = points[align.NOSE_TIP]
    y, x = np.mgrid[:side, :side]
    picture = (255 * np.exp(-((x - spot[0]) ** 2 + (y - spot[1]) ** 2) / (2 * (6 * scale) ** 2))).astype(np.float32)
    there = align.matrix(points)
    back = align.warp(align.warp(picture, there, 256, 256), align.inverse(there), side, side, 0)
    found = np.array([(back * x).sum(), (back * y).sum()]) / back.sum()
    assert np.linalg.norm(found - spot) < 0.5


@given(st.integers(0, 99), turns, scales, shifts, shifts)
def test_openness_does_not_depend_on_place_size_or_turn(
    seed: int, angle: float, scale: float, x: float, y: float
) -> None:
    moved = turned(face(seed), angle, scale, x, y)
    np.testing.assert_allclose(align.openness(moved), align.openness(face(seed)), rtol=0.01, atol=0.002)


def test_openness_grows_with_what_opens() -> None:
    points = face()
    closed = points.copy()
    closed[[37, 38]] = closed[[41, 40]] - [0, 1]
    left, right, mouth = np.array(align.openness(points)) - align.openness(closed)
    assert left > 0.1 and right == mouth == 0
    wide = points.copy()
    wide[65:68] += [0, 20]
    assert align.openness(wide)[2] > align.openness(points)[2] + 0.3


def test_mirroring_twice_is_nothing_and_swaps_sides() -> None:
    assert (align.MIRRORED[align.MIRRORED] == np.arange(68)).all()
    points = face()
    mirrored = (points * [-1, 1])[align.MIRRORED].astype(np.float32)
    left, right, mouth = align.openness(points)
    assert align.openness(mirrored) == pytest.approx((right, left, mouth), rel=1e-4)


def test_sampling_tensors_agrees_with_warping_pictures() -> None:
    y, x = np.mgrid[:256, :256].astype(np.float32)
    picture = np.sin(x / 20) + np.cos(y / 15)
    there = align.matrix(turned(face(), 0.3, 0.9, 60, -20), 200, 0.8)
    expected = align.warp(picture, there, 200, 200, 0)
    got = align.sample(torch.from_numpy(picture)[None, None], torch.from_numpy(there)[None].float(), 200)[0, 0]
    inside = align.warp(np.ones_like(picture), there, 200, 200, 0) == 1
    assert np.abs(got.numpy() - expected)[inside].max() < 0.02


@pytest.mark.parametrize(("size", "ratio"), [(256, 0.75), (112, 0.85), (288, 0.6)])
def test_the_recognition_crop_has_the_eyes_where_the_network_wants_them(size: int, ratio: float) -> None:
    marked = torch.zeros(1, 1, size, size)
    for x, y in align.template(size, ratio)[:2].round().astype(int):
        marked[0, 0, y, x] = 1
    crop = align.recognition_crop(marked, ratio)
    _, _, ys, xs = crop.nonzero(as_tuple=True)
    assert abs((xs.max() - xs.min()) / crop.shape[-1] - 0.35) < 0.02
    assert abs(ys.float().mean() / crop.shape[-2] - 0.314) < 0.02
    assert abs(crop.shape[-1] - crop.shape[-2]) <= 1


@settings(max_examples=20)
@given(st.integers(0, 99), st.floats(-1, 1), st.floats(0.3, 1))
def test_regions_cover_their_landmarks_once_however_the_face_lies(seed: int, angle: float, scale: float) -> None:
    points = turned(face(seed), angle, scale, 0, 0)
    points += np.float32(160) - points.mean(0)
    masks = regions.regions(points, 320, 320)
    assert masks.shape == (6, 320, 320) and masks.min() >= 0 and masks.sum(0).max() < 1.001

    def at(part: slice) -> np.ndarray:
        x, y = points[part].mean(0).round().astype(int)
        return masks[:, y, x]

    parts = (align.LEFT_EYE, align.RIGHT_EYE, align.LEFT_BROW, align.RIGHT_BROW, align.NOSE, align.OUTER_LIPS)
    names = ["eyes", "eyes", "brows", "brows", "nose", "mouth"]
    assert [regions.REGIONS[at(part).argmax()] for part in parts] == names
    upright = regions.regions(turned(points, 0, 1, 0, 0), 320, 320).sum((1, 2))
    assert (upright > 0).all() and upright[4] > upright[0]


def test_regions_may_leave_the_picture() -> None:
    masks = regions.regions(face() - np.float32(100), 120, 90)
    assert masks.shape == (6, 120, 90) and np.isfinite(masks).all() and masks[4].any()
