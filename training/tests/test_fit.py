import cv2
import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dctnet import data, fit, lab, warp


def landmarks(seed: int, side: float = 160.0) -> np.ndarray:
    """68 places about as far apart as those of a face."""
    rng = np.random.default_rng(seed)
    ring = np.stack([np.cos(np.linspace(0, 2 * np.pi, 68)), np.sin(np.linspace(0, 2 * np.pi, 68))], 1)
    spread = np.sqrt(np.linspace(0.05, 1, 68))[:, None]
    return (side / 2 + side / 3 * ring * spread + rng.normal(0, side / 120, (68, 2))).astype(np.float32)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.floats(0.5, 2), st.floats(-3, 3))
def test_another_scale_and_angle_needs_no_bending(seed: int, scale: float, angle: float) -> None:
    face = landmarks(seed)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    bending = fit.Bending.between(face, (face @ turn.T + [5, 9]).astype(np.float32))
    places = np.array([[0.0, 0.0], [80, 80], [159, 20]])
    assert np.abs(bending(places) - (places @ turn.T + [5, 9])).max() < 0.05 * scale


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000))
def test_bending_brings_the_features_nearer_and_leaves_what_is_far(seed: int) -> None:
    photo = landmarks(seed)
    drawing = photo.copy()
    drawing[20:48] += [9, -6]
    bent, stiff = (fit.Bending.between(photo, drawing, strength) for strength in (1.0, 0.0))
    missed = lambda bending: np.linalg.norm(bending(photo.astype(float)) - drawing, axis=1).mean()  # noqa: E731
    assert missed(bent) < 0.5 * missed(stiff)
    far = np.array([[900.0, -700.0]])
    assert np.allclose(bent(far), stiff(far))


def test_a_drawing_fitted_to_its_own_landmarks_is_the_drawing() -> None:
    drawing = np.full((160, 160, 4), 255, np.uint8)
    drawing[..., :3] = cv2.resize(np.random.default_rng(1).integers(0, 255, (10, 10, 3), np.uint8), (160, 160))
    face = landmarks(3)
    bending = fit.Bending.between(face, face)
    places = fit.places(bending, np.array([[1.0, 0, -16], [0, 1, -16]]), 128)
    found = warp.by_opencv(drawing, places, 128, "white")
    assert np.abs(found[..., :3].astype(int) - drawing[16:144, 16:144, :3]).mean() < 2
    assert (found[..., 3] == 255).all()
    beyond = warp.by_opencv(drawing, fit.places(bending, np.array([[1.0, 0, -140], [0, 1, 0]]), 128), 128, "white")
    assert (beyond[:, 40:, 3] == 0).all() and (beyond[:, 40:, :3] == 255).all()


def test_a_drawing_is_believed_inside_its_paper_and_fades_towards_the_border() -> None:
    face = landmarks(3)
    places = fit.places(fit.Bending.between(face, face), np.array([[1.0, 0, 32], [0, 1, 32]]), 192)
    believed = fit.fading(places, 160)
    assert believed.shape == places.shape[:2] and believed.max() == 1
    inside = ((places > 0) & (places < 159)).all(2)
    assert (believed[~inside] == 0).all() and (believed[inside] > 0).any()


def test_retoning_takes_the_photos_tone_and_keeps_ink() -> None:
    photo = np.full((160, 160, 3), (120, 85, 65), np.uint8)
    drawing = np.full((160, 160, 3), (200, 170, 190), np.uint8)
    cv2.line(drawing, (60, 80), (100, 80), (5, 5, 5), 3)
    drawings, photos = ((data.to_tensor(picture)[None] + 1) / 2 for picture in (drawing, photo))
    masks = torch.ones(1, 1, 160, 160)
    toned = fit.retone(drawings, photos, masks, torch.tensor([20.0]), 1.0, 1.0)
    here = lambda pictures: lab.from_rgb(pictures)[0, :, 30, 30]  # noqa: E731
    assert (here(toned) - here(photos)).abs().max() < 4 and here(drawings)[0] > here(photos)[0] + 20
    assert toned[0, :, 80, 80].max() < 0.05
    assert fit.retone(drawings, photos, masks, torch.tensor([20.0]), 0.0, 0.0) is drawings


def test_lab_is_the_same_by_opencv_and_by_torch() -> None:
    rgb = torch.rand(2, 3, 24, 40, generator=torch.Generator().manual_seed(0))
    found = lab.from_rgb(rgb)
    assert (found - lab.differentiable(rgb)).abs().max() < 0.6
    assert (lab.to_rgb(found) - rgb).abs().max() < 0.01 and (lab.by_torch(found) - rgb).abs().max() < 0.01


def test_the_nearest_exemplar_is_the_picture_itself_and_one_without_a_face_is_none(sample: np.ndarray) -> None:
    faces = [landmarks(seed, 400.0) for seed in range(4)]
    tinted = [
        np.clip(sample * np.array(tint), 0, 255).astype(np.uint8) for tint in ((1, 1, 1), (1, 0.6, 0.6), (0.5, 1, 1))
    ]
    thumbnails = np.stack([fit.thumbnail(p, f) for p, f in zip([*tinted, sample], faces, strict=True)])
    thumbnails[3] = fit.thumbnail(sample, np.full((68, 2), np.nan, np.float32))
    found = fit.nearest(thumbnails[:3], thumbnails, 9)
    assert found[:, 0].tolist() == [0, 1, 2] and found.shape == (3, 3) and 3 not in found


def test_a_photo_gets_drawings_of_its_own_skin_before_ones_of_its_own_look(sample: np.ndarray) -> None:
    face = landmarks(0, 400.0)
    lighter = (255 - 0.3 * (255 - sample.astype(np.float32))).astype(np.uint8)
    hatted = sample.copy()
    hatted[: int(face[:, 1].min())] = (200, 30, 30)
    photo, *drawings = (fit.thumbnail(picture, face) for picture in (sample, lighter, hatted))
    assert fit.nearest(photo[None], np.stack(drawings), 2).tolist() == [[1, 0]]


def test_a_faces_size_is_its_longer_extent() -> None:
    face = np.zeros((68, 2), np.float32)
    face[3], face[9] = [5, 20], [45, 80]
    assert fit.size(face) == 80
    face[4] = [-50, 30]
    assert fit.size(face) == 95


def test_a_transplant_agrees_with_what_is_around_it() -> None:
    face, mouth = torch.full((1, 3, 64, 64), 0.6), torch.full((1, 3, 64, 64), 0.4)
    mouth[..., 28:36, 24:40] = 0.2  # lips
    inner, outer = torch.zeros(2, 1, 1, 64, 64)
    inner[..., 26:38, 22:42], outer[..., 20:44, 16:48] = 1, 1
    found = lab.from_rgb(fit.transplant(face, mouth, inner, outer))[0, 0]
    assert torch.allclose(found[:20], found[0, 0], atol=0.1)
    assert (found[22, 18] - found[0, 0]).abs() < 0.5, "its surroundings are the face's"
    lips = lab.from_rgb(mouth)[0, 0]
    assert (found[32, 32] - found[0, 0] - (lips[32, 32] - lips[0, 0])).abs() < 0.5, "its contrast is its own"
