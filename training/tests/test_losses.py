import cv2
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from dctnet import losses


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 7), st.integers(16, 40), st.integers(16, 40))
def test_box_is_the_mean_over_a_window(radius: int, height: int, width: int) -> None:
    x = torch.randn(2, 3, height, width, generator=torch.Generator().manual_seed(radius))
    expected = F.avg_pool2d(x, 2 * radius + 1, 1, radius, count_include_pad=False)
    assert torch.allclose(losses._box(x, radius), expected, atol=1e-5)


def test_surface_flattens_texture_and_keeps_a_strong_edge() -> None:
    x = torch.full((1, 1, 32, 32), -0.9)
    x[..., 16:] = 0.9
    noisy = x + 0.05 * torch.randn(x.shape, generator=torch.Generator().manual_seed(1))
    smooth = losses.surface(noisy)
    assert smooth[..., 2:8].std() < 0.4 * noisy[..., 2:8].std()
    assert (smooth[..., 15] - smooth[..., 16]).abs().mean() > 1.2


def test_texture_is_gray_and_keeps_gray() -> None:
    x = torch.rand(2, 1, 8, 8).expand(2, 3, 8, 8)
    assert torch.allclose(losses.texture(x), x[:, :1], atol=1e-6)


def test_lab_agrees_with_opencv() -> None:
    rgb = np.random.default_rng(2).random((8, 8, 3), np.float32)
    expected = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)
    found = losses.lab(torch.from_numpy(rgb.transpose(2, 0, 1))[None] * 2 - 1)[0].permute(1, 2, 0).numpy()
    assert np.abs(found - expected).max() < 0.5


def test_tone_and_colour_forgive_little_and_grow_with_the_shift() -> None:
    photo = torch.zeros(1, 3, 32, 32)
    measured = lambda x: [value.item() for value in losses.tone_and_colour(x, photo)]  # noqa: E731
    assert measured(photo) == measured(photo + 0.05) == [0, 0]
    light, colour = measured(photo + 0.6)
    assert light > 0.5 and colour == 0
    red, redder = photo.clone(), photo.clone()
    red[:, 0] += 0.3
    redder[:, 0] += 0.6
    assert 0 < measured(red)[1] < measured(redder)[1]


def test_fine_strokes_are_as_light_as_their_average() -> None:
    strokes = torch.full((1, 3, 32, 32), -0.9)
    strokes[..., ::2] = 0.9
    light, colour = losses.tone_and_colour(strokes, torch.zeros_like(strokes))
    assert light < 0.2 and colour == 0


def test_tone_pulls_back_a_bleached_pixel() -> None:
    bleached = torch.full((1, 3, 16, 16), 1.3, requires_grad=True)
    losses.tone_and_colour(bleached, torch.zeros(1, 3, 16, 16))[0].backward()
    assert bleached.grad is not None and bleached.grad.abs().sum() > 0


def test_content_is_free_within_the_tolerance() -> None:
    seen = torch.ones(1, 4, 4, 4)
    assert losses.content(seen * 1.2, seen).item() == 0
    assert losses.content(seen * 2, seen).item() == pytest.approx(1 - losses.CONTENT_TOLERANCE, abs=1e-6)


def test_a_line_beside_its_place_costs_less_than_no_line() -> None:
    wanted = torch.zeros(1, 4, 9, 9)
    wanted[..., 4] = 1
    everywhere = torch.ones(1, 1, 18, 18)
    beside = wanted.roll(1, -1)
    assert losses.aligned_distance(beside, wanted, everywhere).item() == 0
    assert losses.aligned_distance(torch.zeros_like(wanted), wanted, everywhere) > 0
    assert losses.feature_distance(beside, wanted) > losses.aligned_distance(beside, wanted, everywhere)


@pytest.mark.parametrize("radius", [1, 2])
def test_aligned_distance_and_its_gradient_are_those_of_the_best_of_all_shifts(radius: int) -> None:
    torch.manual_seed(0)
    count, channels, height, width = 2, 3, 6, 7
    drawn, wanted = torch.randn(2, count, channels, height, width, dtype=torch.float64)
    weights = torch.rand(count, 1, height, width)
    drawn.requires_grad_()
    cost = torch.zeros((), dtype=torch.float64)
    for n in range(count):
        for y in range(height):
            for x in range(width):
                around = [(v, u) for v in range(y - radius, y + radius + 1) for u in range(x - radius, x + radius + 1)]
                # Beyond the border lies what is on it; a place beyond it draws nothing.
                there = [wanted[n, :, min(max(v, 0), height - 1), min(max(u, 0), width - 1)] for v, u in around]
                back = [drawn[n, :, v, u] for v, u in around if 0 <= v < height and 0 <= u < width]
                ways = (
                    torch.stack([(drawn[n, :, y, x] - place).abs().mean() for place in there]).amin(),
                    torch.stack([(place - wanted[n, :, y, x]).abs().mean() for place in back]).amin(),
                )
                cost = cost + weights[n, 0, y, x] * sum(ways)
    cost = cost / (2 * (wanted.abs().mean(1, keepdim=True) * weights).sum())
    (expected,) = torch.autograd.grad(cost, drawn)
    found = losses.aligned_distance(drawn, wanted, weights, radius)
    (gradient,) = torch.autograd.grad(found, drawn)
    torch.testing.assert_close(found.double(), cost, rtol=1e-5, atol=0)
    torch.testing.assert_close(gradient, expected, rtol=1e-4, atol=1e-6)


def test_a_line_where_nothing_weighs_is_free() -> None:
    wanted = torch.zeros(1, 4, 8, 8)
    wanted[..., 6] = wanted[..., 1] = 1
    left = torch.ones(1, 1, 8, 8)
    left[..., 4:] = 0
    drawn = wanted.clone()
    drawn[..., 6] = 0
    assert losses.aligned_distance(drawn, wanted, left).item() == 0
    assert losses.aligned_distance(drawn, wanted, 1 - left) > 0
    assert losses.aligned_distance(drawn, wanted, 0 * left).item() == 0


@pytest.mark.parametrize("size", [16, 20])
def test_the_gradient_of_statistics_is_that_of_its_definition(size: int) -> None:
    torch.manual_seed(0)
    drawn, wanted = torch.randn(2, 2, 3, size, size)
    weights = torch.rand(2, 1, size, size)
    drawn.requires_grad_()
    point = drawn.detach().clone()
    losses.statistics(drawn, wanted, weights).backward()
    for place in ((0, 0, 0, 0), (1, 2, 7, 9), (0, 1, size - 1, 3)):
        step = torch.zeros_like(point)
        step[place] = 1e-2
        ahead, behind = (losses.statistics(point + s * step, wanted, weights).double() for s in (1, -1))
        assert drawn.grad[place].item() == pytest.approx(((ahead - behind) / 2e-2).item(), rel=0.02, abs=1e-5)


def test_statistics_forgive_where_a_line_lies_within_a_tile_and_not_how_much_ink_there_is() -> None:
    wanted = torch.zeros(1, 4, 32, 32)
    wanted[..., 1:3] = 1
    everywhere = torch.ones(1, 1, 32, 32)
    assert losses.statistics(wanted.roll(1, -1), wanted, everywhere, (8,)).item() == pytest.approx(0, abs=1e-5)
    assert losses.statistics(wanted.roll(9, -1), wanted, everywhere, (8,)) > 0.5
    assert losses.statistics(0.5 * wanted, wanted, everywhere, (8,)) > 0.3


def test_statistics_do_not_see_what_weighs_nothing() -> None:
    wanted = torch.rand(1, 4, 32, 32)
    other = wanted.clone()
    other[..., 16:] = 0
    left = torch.ones(1, 1, 32, 32)
    left[..., 16:] = 0
    assert losses.statistics(other, wanted, left, (8,)) < 1e-3
    assert losses.statistics(other, wanted, 1 - left, (8,)) > 0.5
    assert losses.statistics(other, wanted, torch.zeros_like(left)).item() == 0


def test_the_moments_of_larger_tiles_are_those_of_the_activations() -> None:
    a, b = torch.rand(2, 3, 4, 32, 32)
    everywhere = torch.ones(3, 1, 32, 32)
    tiles = lambda x, n: x.unflatten(-1, (n, -1)).unflatten(-3, (n, -1))  # noqa: E731
    for n in (1, 4, 8):
        means = [tiles(x, n).mean((-3, -1)) for x in (a, b)]
        deviations = [tiles(x, n).var((-3, -1), correction=0).sqrt() for x in (a, b)]
        expected = [((x - y).abs().mean() / y.mean()).item() for x, y in (means, deviations)]
        found = (
            losses.statistics(a, b, everywhere, (n, 8)).item() * 2 - losses.statistics(a, b, everywhere, (8,)).item()
        )
        assert found == pytest.approx(sum(expected) / 2, rel=1e-2)


def test_a_critic_that_cannot_tell_pays_one() -> None:
    unsure = torch.zeros(2, 1, 4, 4)
    assert losses.logistic_discriminator(unsure, unsure).item() == pytest.approx(1)
    assert losses.logistic_discriminator(unsure + 3, unsure - 3) < 0.1
    assert losses.logistic_generator(unsure - 3) > losses.logistic_generator(unsure + 3)


def test_what_overshoots_counts_a_tenth_and_is_pulled_back() -> None:
    x = torch.tensor([-3.0, -0.5, 0.9, 2.0], requires_grad=True)
    y = losses.bounded(x)
    assert torch.allclose(y, torch.tensor([-1.2, -0.5, 0.9, 1.1]))
    y.sum().backward()
    assert x.grad is not None and torch.allclose(x.grad, torch.tensor([0.1, 1, 1, 0.1]))


def test_pixels_count_where_the_target_is_believed_alone() -> None:
    output, target, weights = torch.zeros(1, 3, 4, 4), torch.ones(1, 3, 4, 4), torch.zeros(1, 1, 4, 4)
    assert losses.pixel(output, target, weights) == 0
    weights[..., :2, :] = 1
    target[..., :1, :] = 0
    assert losses.pixel(output, target, weights) == 0.5
