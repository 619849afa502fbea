import pathlib

import numpy as np
import pytest
import torch

from dctnet.expression import data, network, train
from dctnet.faces import align, locate


def drawn(count: int, seed: int) -> data.Faces:
    """Faces of nothing but two eyes and a mouth, as open as they say."""
    rng = np.random.default_rng(seed)
    openness = rng.uniform([0.05, 0.05, 0], [0.45, 0.45, 0.8], (count, 3)).astype(np.float32)
    points = align.template(data.STORED, data.STORED_RATIO)
    mouth = points[3:].mean(0)
    y, x = np.mgrid[: data.STORED, : data.STORED]
    crops = np.full((count, data.STORED, data.STORED, 3), 190, np.uint8)
    for crop, opened in zip(crops, openness, strict=True):
        for (cx, cy), height, width in zip([*points[:2], mouth], opened, (11, 11, 14), strict=True):
            crop[((x - cx) / width) ** 2 + ((y - cy) / (width * height + 0.5)) ** 2 < 1] = 30
    return data.Faces(crops, openness, np.zeros(count, np.int64), np.arange(count) % 10 == 0)


def test_a_short_training_reads_openness_of_faces_it_never_saw(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "BATCH", 12)
    faces = drawn(300, 0)
    regressor, steps = train.fit(faces, 100, 5)
    assert steps == 100
    plain, _, folder = train.agreements(regressor, faces, [pathlib.Path("drawn")])
    assert min(plain.correlation) > 0.7 and folder.count == plain.count == 30


def test_mirroring_swaps_the_eyes_in_picture_and_truth_alike() -> None:
    faces = drawn(16, 1)
    crops = torch.from_numpy(faces.crops).permute(0, 3, 1, 2).float() / 127.5 - 1
    plain = data._cut(crops, torch.zeros(16), torch.ones(16), torch.zeros(16, 2))
    mirrored = data._cut(crops, torch.zeros(16), -torch.ones(16), torch.zeros(16, 2))
    torch.testing.assert_close(mirrored, plain.flip(3), atol=0.02, rtol=0)


def test_augmenting_keeps_shape_range_and_is_seeded() -> None:
    faces = drawn(12, 2)
    crops, openness = (
        torch.from_numpy(faces.crops).permute(0, 3, 1, 2).float() / 127.5 - 1,
        torch.from_numpy(faces.openness),
    )
    first, again = (data.augmented(crops, openness, torch.Generator().manual_seed(3)) for _ in range(2))
    assert first[0].shape == (12, 3, network.SIZE, network.SIZE) and first[0].abs().max() <= 1
    assert torch.equal(first[0], again[0]) and torch.equal(first[1], again[1])
    assert first[1].sum() == pytest.approx(float(openness.sum()), rel=1e-5)


def test_the_loss_teaches_the_made_picture_and_nothing_else(tmp_path: pathlib.Path) -> None:
    torch.manual_seed(0)
    path = tmp_path / "r.npz"
    network.save(network.Openness(), path)
    regressor = network.load(path)
    made, photo = (torch.rand(2, 3, 140, 140) * 2 - 1 for _ in range(2))
    made.requires_grad_(), photo.requires_grad_()
    regressor.loss(made, photo).backward()
    assert made.grad is not None and made.grad.abs().max() > 0 and torch.isfinite(made.grad).all()
    assert photo.grad is None and all(p.grad is None for p in regressor.parameters())


def test_a_missing_or_foreign_file_says_what_to_do(tmp_path: pathlib.Path) -> None:
    with pytest.raises(network.ExpressionError, match="dctnet expression --output"):
        network.load(tmp_path / "none.npz")
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(network.ExpressionError, match="no expression regressor"):
        network.load(tmp_path / "other.npz")


def test_the_shipped_regressor_sees_the_sample_as_its_landmarks_do(sample: np.ndarray, weights: pathlib.Path) -> None:
    face = locate.Locator(weights).faces(sample)[0]
    crop = align.aligned(sample, face.landmarks, network.SIZE, network.RATIO)
    answer = network.load()(torch.from_numpy(crop).permute(2, 0, 1)[None].float() / 127.5 - 1)[0]
    assert network.SHIPPED.stat().st_size < 1_000_000
    np.testing.assert_allclose(answer, align.openness(face.landmarks), atol=0.15)


def test_profiles_and_guesses_are_not_learned_from() -> None:
    points = np.zeros((68, 2), np.float32)
    points[align.LEFT_EYE], points[align.RIGHT_EYE], points[align.NOSE_TIP] = (100, 100), (160, 100), (130, 130)
    ahead = locate.Face(np.array([80, 60, 180, 180], np.float32), 0.9, points, 0.99)
    assert data.plausible(ahead)
    side = points.copy()
    side[align.NOSE_TIP] = (95, 130)
    assert not data.plausible(locate.Face(ahead.box, 0.9, side, 0.99))
    assert not data.plausible(locate.Face(ahead.box, 0.9, points, 0.5))
