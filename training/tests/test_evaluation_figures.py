import numpy as np
import pytest
import torch

from dctnet.evaluation import colour, geometry, identity, robustness, summary
from dctnet.evaluation.gap import StyleGap, mmd
from dctnet.faces import align


def normal(count: int, shift: float = 0.0, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, 12, generator=torch.Generator().manual_seed(seed)) + shift


def share(gap: StyleGap, outputs: torch.Tensor, photos: torch.Tensor) -> float:
    return gap.distance(gap.spread(outputs)) / gap.distance(gap.spread(photos))


def test_the_gap_is_one_for_photos_and_about_none_for_exemplars() -> None:
    gap = StyleGap(normal(150, seed=1), normal(60, seed=2))
    photos = normal(80, 2.0, seed=3)
    assert share(gap, photos, photos) == 1
    assert abs(share(gap, normal(80, seed=4), photos)) < 0.03
    assert 0.03 < share(gap, normal(80, 1.0, seed=5), photos) < 0.5


def test_without_resampling_the_distance_is_the_unbiased_mmd_in_the_seen_exemplars_units() -> None:
    seen, held, rows = normal(100, seed=1), normal(30, seed=2), normal(40, 1.0, seed=3)
    mean, deviation = seen.mean(0), seen.std(0) + 1e-6
    expected = mmd((rows - mean) / deviation, (held - mean) / deviation)
    gap = StyleGap(seen, held)
    assert gap.distance(gap.spread(rows)) == pytest.approx(expected, rel=1e-4)


def test_a_subject_drawn_twice_counts_as_two_and_is_no_pair_with_itself() -> None:
    gap, rows = StyleGap(normal(100, seed=1), normal(30, seed=2)), normal(6, 1.0, seed=3)
    counts = np.array([2, 1, 1, 0, 1, 1])
    drawn = [0, 0, 1, 2, 4, 5]
    kernels = gap.spread(rows[drawn]).own
    pairs = [(a, b) for a in range(6) for b in range(6) if drawn[a] != drawn[b]]
    within = np.mean([kernels[a, b] for a, b in pairs])
    held = gap.spread(rows[drawn])
    difference = gap.distance(gap.spread(rows), counts) - (gap.distance(held) - _within(held.own))
    assert difference == pytest.approx(within, rel=1e-9)


def _within(kernel: np.ndarray) -> float:
    return (kernel.sum() - np.trace(kernel)) / (len(kernel) * (len(kernel) - 1))


def test_the_bootstrap_interval_covers_the_gap_of_many_more_pictures() -> None:
    seen = normal(150, seed=1)
    many = StyleGap(seen, normal(1500, seed=2))
    truth = share(many, normal(1500, 0.8, seed=3), normal(1500, 1.6, seed=4))
    covered = 0
    for seed in range(20):
        gap = StyleGap(seen, normal(40, seed=100 + seed))
        outputs, photos = (gap.spread(normal(60, shift, seed=200 + seed)) for shift in (0.8, 1.6))
        drawn = [
            gap.distance(outputs, *draw) / gap.distance(photos, *draw) for draw in summary.draws(60, 40, 120, seed=seed)
        ]
        low, high = summary.interval(drawn)
        covered += low <= truth <= high
    assert covered >= 16


def test_rank_and_verification_on_embeddings_that_are_known() -> None:
    gallery = np.eye(5, dtype=np.float32)
    own = np.arange(3)
    perfect = identity.cosines(7 * gallery[:3], gallery)
    assert identity.hits(perfect, own).all() and identity.verification(perfect, own) == 1
    swapped = identity.cosines(gallery[[0, 2, 1]], gallery)
    assert identity.hits(swapped, own).tolist() == [True, False, False]
    blank = identity.cosines(np.ones((3, 5), np.float32), gallery)
    assert not identity.hits(blank, own).any() and identity.verification(blank, own) == 0.5


def test_verification_of_noise_is_chance() -> None:
    rng = np.random.default_rng(0)
    similar = identity.cosines(rng.normal(size=(60, 32)), rng.normal(size=(200, 32)))
    assert identity.verification(similar, np.arange(60)) == pytest.approx(0.5, abs=0.1)


def points() -> np.ndarray:
    """68 landmarks of an upright face, eyes 100 pixels apart."""
    found = np.zeros((68, 2), np.float32)
    found[:17] = np.stack([np.linspace(60, 240, 17), 150 + 110 * np.sin(np.linspace(0, np.pi, 17))], 1)
    found[17:27] = np.stack([np.linspace(80, 220, 10), np.full(10, 125)], 1)
    found[27:36] = np.stack([np.full(9, 150), np.linspace(150, 190, 9)], 1)
    for start, centre in ((36, 115), (42, 185)):
        angles = np.pi + np.arange(6) * np.pi / 3
        found[start : start + 6] = np.stack([centre + 15 * np.cos(angles), 150 + 6 * np.sin(angles)], 1)
    for start, count in ((48, 12), (60, 8)):
        angles = np.pi + np.arange(count) * 2 * np.pi / count
        found[start : start + count] = np.stack([150 + 25 * np.cos(angles), 220 + 8 * np.sin(angles)], 1)
    return found


def test_landmarks_that_move_by_a_tenth_of_the_eyes_distance_have_that_error() -> None:
    face = points()
    assert geometry.inter_ocular(face) == pytest.approx(100)
    moved = face + np.array([6, 8], np.float32)
    assert geometry.landmark_error(moved, face) == pytest.approx(0.1)
    assert geometry.landmark_error(3 * moved, 3 * face) == pytest.approx(0.1)


def test_a_nose_half_way_to_an_eye_is_a_head_half_turned() -> None:
    face = points()
    assert geometry.turned(face) == pytest.approx(0, abs=1e-3)
    face[align.NOSE_TIP, 0] += 25
    assert geometry.turned(face) == pytest.approx(0.5, abs=1e-3)


def test_openness_that_is_not_known_is_left_out_of_the_correlation() -> None:
    photos = np.array([0.1, 0.2, 0.3, 0.4])
    assert geometry.correlation(np.array([0.2, 0.4, np.nan, 0.8]), photos) == pytest.approx(1)
    assert np.isnan(geometry.correlation(np.array([0.2, np.nan, np.nan, 0.8]), photos))
    assert np.isnan(geometry.correlation(np.full(4, 0.3), photos))


def test_a_ground_painted_white_is_bleached_by_its_share() -> None:
    photo = np.full((64, 64, 3), 120, np.uint8)
    outside = np.ones((64, 64), bool)
    outside[16:48, 16:48] = False
    output = photo.copy()
    output[:16] = 250
    output[20:30, 20:30] = 255  # within the person, which is no ground
    share_of_ground = 16 * 64 / outside.sum()
    assert colour.near_white(output, outside) - colour.near_white(photo, outside) == pytest.approx(share_of_ground)


def test_a_colour_transfer_has_the_moments_it_is_given() -> None:
    rng = np.random.default_rng(1)
    photo = rng.integers(90, 140, (48, 48, 3)).astype(np.uint8)
    everywhere = np.ones((48, 48), bool)
    wanted = np.array([[60, 6, 10], [6, 2, 3]], np.float32)
    moved = colour.transfer(photo, colour.moments(photo, everywhere), wanted)
    assert colour.moments(moved, everywhere) == pytest.approx(wanted, abs=0.3)


def test_lighter_skin_has_a_larger_typology_angle() -> None:
    everywhere = np.ones((4, 4), bool)
    light, medium, dark = (
        colour.typology_angle(np.full((4, 4, 3), rgb, np.uint8), everywhere)
        for rgb in ((242, 214, 203), (187, 135, 111), (92, 57, 55))
    )
    assert light > 41 > medium > dark and dark < 10


def stripes(picture: np.ndarray) -> np.ndarray:
    """What depends on where a pixel lies."""
    drawn = picture.copy()
    drawn[:, ::8] = 0
    return drawn


def test_what_draws_each_pixel_by_its_colour_neither_jitters_nor_minds_turning() -> None:
    photo = np.random.default_rng(2).integers(0, 255, (128, 128, 3)).astype(np.uint8)

    def negative(picture: np.ndarray) -> np.ndarray:
        return 255 - picture

    assert robustness.jitter(negative, photo, negative(photo)) == 0
    assert robustness.jitter(stripes, photo, stripes(photo)) > 5
    for degrees in (90, 180):
        back = robustness.turned(negative(robustness.turned(photo, degrees)), -degrees)
        assert np.array_equal(back, negative(photo))


def test_turning_there_and_back_keeps_the_middle() -> None:
    ramp = np.tile(np.linspace(20, 230, 128).astype(np.uint8)[:, None, None], (1, 128, 3))
    back = robustness.turned(robustness.turned(ramp, 30), -30)
    middle = slice(40, 88), slice(40, 88)
    assert np.abs(back[middle].astype(int) - ramp[middle]).max() <= 3


def test_a_variant_keeps_its_share_of_the_improvement() -> None:
    assert summary.kept(0.3, 0.2, 1.0) == pytest.approx(0.875)
    assert summary.kept(0.2, 0.2, 1.0) == 1 and summary.kept(1.0, 0.2, 1.0) == 0
