import pathlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from dctnet import config, data, ground

SETTINGS = config.Config("test", hold_out=("p1",), train=config.Train(steps=10, batch=4, crop=64))


def load(pairs: pathlib.Path, cache: pathlib.Path, paired: bool = True) -> data.Pictures:
    photos = pairs / "photos"
    return data.load(SETTINGS, [photos], pairs / "drawings", photos if paired else None, cache)


def test_held_out_names_are_not_trained_on(pairs: pathlib.Path, tmp_path: pathlib.Path) -> None:
    assert len(load(pairs, tmp_path).exemplars) == 7


def test_a_held_out_photo_is_no_training_photo_either(pairs: pathlib.Path, tmp_path: pathlib.Path) -> None:
    assert len(load(pairs, tmp_path).photos) == 7
    assert len(data.load_photos(SETTINGS, [pairs / "photos"], pairs / "photos", tmp_path).photos) == 7


def test_the_second_load_reads_the_packed_file(pairs: pathlib.Path, tmp_path: pathlib.Path) -> None:
    first = load(pairs, tmp_path)
    times = {p: p.stat().st_mtime_ns for p in tmp_path.iterdir()}
    second = load(pairs, tmp_path)
    assert {p: p.stat().st_mtime_ns for p in tmp_path.iterdir()} == times
    assert np.array_equal(first.exemplars, second.exemplars)


def test_a_batch_depends_on_seed_and_number_alone(pairs: pathlib.Path, tmp_path: pathlib.Path) -> None:
    pictures = load(pairs, tmp_path)
    whole, resumed = data.Batches(pictures, SETTINGS, 0), data.Batches(pictures, SETTINGS, 6)
    for made, again in zip(list(data.prefetched(whole))[6:], data.prefetched(resumed), strict=True):
        assert made.photos.equal(again.photos) and made.targets.equal(again.targets)
        assert made.exemplars.equal(again.exemplars)


def test_without_pairs_there_are_no_targets(pairs: pathlib.Path, tmp_path: pathlib.Path) -> None:
    batch = data.Batches(load(pairs, tmp_path, paired=False), SETTINGS, 0)[0]
    assert batch.targets.shape[0] == 0 and batch.photos.shape == (4, 3, 64, 64)


@pytest.mark.parametrize("missing", ["photos", "exemplars", "pairs"])
def test_a_missing_folder_is_named(pairs: pathlib.Path, tmp_path: pathlib.Path, missing: str) -> None:
    folders = {"photos": pairs / "photos", "exemplars": pairs / "drawings", "pairs": pairs / "photos"}
    folders[missing] = tmp_path / "nowhere"
    with pytest.raises(data.DataError, match=f"{missing}.*nowhere"):
        data.load(SETTINGS, [folders["photos"]], folders["exemplars"], folders["pairs"], tmp_path)


def test_an_exemplar_without_its_photo_is_named(pairs: pathlib.Path, tmp_path: pathlib.Path) -> None:
    (tmp_path / "few").mkdir()
    Image.new("RGB", (9, 9)).save(tmp_path / "few/p0.png")
    with pytest.raises(data.DataError, match="p2"):
        data.load(SETTINGS, [pairs / "photos"], pairs / "drawings", tmp_path / "few", tmp_path)


def test_a_broken_picture_is_named(tmp_path: pathlib.Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    with pytest.raises(data.DataError, match=r"broken\.jpg"):
        data.read(tmp_path / "broken.jpg", 64)


def test_the_whole_picture_unturned_is_the_picture() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    assert np.array_equal(data.View(1.0, 0.0, 0.5, 0.5, False).apply(picture, 64), picture)
    assert np.array_equal(data.View(1.0, 0.0, 0.5, 0.5, True).apply(picture, 64), picture[:, ::-1])


def test_a_half_turn_mirrors_both_ways() -> None:
    picture = cv2.resize(np.random.default_rng(0).integers(0, 255, (8, 8, 3), np.uint8), (64, 64))
    turned = data.View(1.0, 180.0, 0.5, 0.5, False).apply(picture, 64)
    # The centre of rotation lies between pixels, so the outermost row and column are mirrored in.
    assert np.abs(turned[1:, 1:].astype(int) - picture[::-1, ::-1][:-1, :-1]).max() <= 1


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**31), st.integers(40, 200))
def test_any_view_of_a_flat_picture_is_flat(seed: int, side: int) -> None:
    view = data.View.draw(np.random.default_rng(seed), config.Gem())
    found = view.apply(np.full((side, side, 3), 77, np.uint8), 64)
    assert found.shape == (64, 64, 3) and (found == 77).all()


def test_hue_keeps_gray_and_luma() -> None:
    matrix = data.hue_matrix(np.random.default_rng(5))
    luma = np.array([0.299, 0.587, 0.114])
    assert np.allclose(matrix @ np.full(3, 0.4), 0.4, atol=2e-3)
    assert np.allclose(luma @ matrix, luma, atol=2e-3)


def test_retoning_takes_the_lightness_of_the_photo_and_keeps_ink_and_hue() -> None:
    photo = np.full((160, 160, 3), (120, 85, 65), np.uint8)
    drawing = np.full((160, 160, 3), 255, np.uint8)
    cv2.circle(drawing, (80, 80), 60, (200, 150, 120), -1)
    cv2.line(drawing, (60, 80), (100, 80), (5, 5, 5), 3)
    toned = ground.retone(drawing, photo, 1.0)
    lab = lambda picture: cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[60, 80]  # noqa: E731
    assert lab(toned)[0] == pytest.approx(lab(photo)[0], abs=4) and lab(drawing)[0] > lab(photo)[0] + 20
    assert np.abs(lab(toned)[1:] - lab(drawing)[1:]).max() < 3
    assert toned[80, 80].max() < 10 and (toned[2, 2] == 255).all()
    assert np.abs(ground.retone(drawing, photo, 0.0).astype(int) - drawing).max() <= 1


def test_the_person_is_what_is_drawn_and_white_inside_stays_person() -> None:
    drawing = np.full((80, 80, 3), 255, np.uint8)
    cv2.circle(drawing, (40, 40), 25, (10, 10, 10), 3)
    mask = ground.person(drawing)
    assert mask[40, 40] and mask[40, 15] and not mask[2, 2] and not mask[40, 5]


def test_a_drawing_on_a_ground_has_no_white_fringe() -> None:
    drawing = np.full((160, 160, 3), 255, np.uint8)
    cv2.circle(drawing, (80, 80), 50, (40, 30, 30), -1, cv2.LINE_AA)
    composed = ground.compose(drawing, np.full((160, 160, 3), (60, 90, 120), np.uint8))
    assert composed.max() <= 120 and tuple(composed[80, 80]) == (40, 30, 30) and tuple(composed[3, 3]) == (60, 90, 120)


def test_abstraction_keeps_colours_and_removes_texture() -> None:
    rng = np.random.default_rng(1)
    photo = np.clip(np.array([60, 120, 170]) + rng.normal(0, 9, (128, 128, 3)), 0, 255).astype(np.uint8)
    flat = ground.abstract(photo)
    assert flat.std(axis=(0, 1)).mean() < 0.5 * photo.std(axis=(0, 1)).mean()
    assert np.abs(flat.mean((0, 1)) - photo.mean((0, 1))).max() < 16
