import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dctnet import config, gem, warp

CPU = torch.device("cpu")


def smooth(seed: int, side: int, channels: int) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(0, 255, (side // 12, side // 12, channels), np.uint8)
    return cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)


def both(picture: np.ndarray, places: warp.Places, crop: int, fill: str) -> tuple[np.ndarray, np.ndarray]:
    """In gray levels, by OpenCV and by PyTorch."""
    by_torch = warp.by_torch(torch.from_numpy(picture[None]), [places], crop, fill)
    return warp.by_opencv(picture, places, crop, fill).astype(float), 255 * by_torch[0].permute(1, 2, 0).numpy()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from(sorted(warp.BORDERS)), st.sampled_from([40, 64, 96]), st.integers(3, 4))
def test_both_ways_show_the_same(seed: int, fill: str, crop: int, channels: int) -> None:
    view = gem.View.draw(np.random.default_rng(seed), config.Gem(coverage=(0.3, 1.4)))
    side = 96 + seed % 80
    a, b = both(smooth(seed, side, channels), view.places(side, crop), crop, fill)
    apart = np.abs(a - b)
    # OpenCV rounds places to 1/32 of a pixel; white paper ends in a step, where that counts.
    assert apart.mean() < 0.8 and np.quantile(apart, 0.98) < (24 if fill == "white" else 5)


@pytest.mark.parametrize("coverage", [0.5, 1.0, 1.3, 2.0, 3.7])
def test_thin_ink_lines_carry_as_much_ink_at_any_scale_both_ways(coverage: float) -> None:
    drawing = np.full((384, 384, 3), 255, np.uint8)
    for at in range(11, 384, 24):
        drawing[at : at + 2] = 20
    places = gem.View(coverage, 8.0, 0.5, 0.5, False).places(384, 128)
    expected = (255 - drawing.astype(float)).mean()
    for found in both(drawing, places, 128, "reflect"):
        assert (255 - found).mean() == pytest.approx(expected, rel=0.12)


def test_the_three_fills() -> None:
    picture = np.zeros((64, 64, 4), np.uint8)
    picture[:, :32] = (200, 100, 50, 255)
    left = warp.affine(np.array([[1.0, 0, 40], [0, 1, 0]]), 64)
    for seen in (
        {fill: way for fill in warp.BORDERS for way in [both(picture, left, 64, fill)[index]]} for index in (0, 1)
    ):
        assert np.allclose(seen["white"][10, 5], (255, 255, 255, 0), atol=1)
        assert np.allclose(seen["edge"][10, 5], (200, 100, 50, 255), atol=1)
        assert np.allclose(seen["reflect"][10, 5], 0, atol=1)
        assert np.allclose(seen["white"][10, 50], (200, 100, 50, 255), atol=1)


def test_pictures_of_several_sizes_are_seen_at_once() -> None:
    pictures = [smooth(side, side, 3) for side in (96, 128, 96)]
    places = [gem.View(1.0, 0.0, 0.5, 0.5, False).places(len(picture), 48) for picture in pictures]
    found = warp.warp(pictures, places, 48, "reflect", CPU)
    assert found.shape == (3, 3, 48, 48) and found.min() >= 0 and found.max() <= 1
    for index, picture in enumerate(pictures):
        area = cv2.resize(picture, (48, 48), interpolation=cv2.INTER_AREA).transpose(2, 0, 1) / 255
        assert np.abs(found[index].numpy() - area).mean() < 0.01
