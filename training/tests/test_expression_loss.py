import numpy as np
import pytest
import torch
from conftest import upright_face
from torch import Tensor

from dctnet import config, gem, warp
from dctnet.expression.network import RATIO, SIZE, Openness
from dctnet.ttn import Ttn, expression


@pytest.fixture(scope="module")
def regressor() -> Openness:
    torch.manual_seed(0)
    return Openness().eval().requires_grad_(False)


@pytest.fixture(scope="module")
def photos(sample: np.ndarray) -> Tensor:
    """[2, 3, 128, 128], one of them mirrored."""
    picture = torch.from_numpy(sample[:384, :384].copy()).permute(2, 0, 1)[None].float() / 127.5 - 1
    small = torch.nn.functional.interpolate(picture, (128, 128), mode="area")
    return torch.cat([small, small.flip(3)])


LANDMARKS = torch.from_numpy(np.stack([upright_face(128, 0.7)] * 2))


def test_the_photo_itself_costs_nothing_and_is_pulled_nowhere(regressor: Openness, photos: Tensor) -> None:
    output = photos.clone().requires_grad_()
    loss = expression.loss(regressor, output, photos, LANDMARKS)
    loss.backward()
    assert loss == 0 and output.grad is not None and not output.grad.any()


def test_the_gradient_reaches_the_network(regressor: Openness, photos: Tensor) -> None:
    network = Ttn(8, 1)
    loss = expression.loss(regressor, 3 * network(photos), photos, LANDMARKS)
    loss.backward()
    assert loss > 0
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in (network.stem.weight, network.head.weight))


def test_only_the_face_is_pulled(regressor: Openness, photos: Tensor) -> None:
    output = torch.zeros_like(photos, requires_grad=True)
    expression.loss(regressor, output, photos, LANDMARKS).backward()
    gradient = output.grad.abs().sum(1)
    # The crop of ratio 0.85 shows 0.7 / 0.85 of the side.
    side = round(128 * 0.7 / RATIO / 2) + 2
    assert gradient[:, 64, 64].min() > 0
    gradient[:, 64 - side : 64 + side, 64 - side : 64 + side] = 0
    assert not gradient.any()


def test_faces_that_are_small_cut_or_missing_do_not_count(regressor: Openness, photos: Tensor) -> None:
    faces = np.stack([upright_face(128, 0.7)] * 4)
    faces[1] = np.nan
    faces[2] = 64 + 0.3 * (faces[2] - 64)
    faces[3, :, 0] += 60
    assert expression.clear(faces, 128).tolist() == [0]
    output = torch.zeros_like(photos, requires_grad=True)
    loss = expression.loss(regressor, output, photos, torch.from_numpy(faces[1:3]))
    loss.backward()
    assert loss == 0 and not output.grad.any()


def test_a_face_that_gem_turned_and_mirrored_is_cut_upright(sample: np.ndarray) -> None:
    face = upright_face(512, 0.4)

    def cut(view: gem.View) -> Tensor:
        crop = warp.by_opencv(sample, view.places(512, 256), 256, config.Gem().fill)
        pictures = torch.from_numpy(crop).permute(2, 0, 1)[None].float() / 255
        return expression.faces(pictures, view.carry(face, 512, 256)[None])

    plain = cut(gem.View(0.9, 0.0, 0.5, 0.5, False))
    assert plain.shape == (1, 3, SIZE, SIZE)
    assert (cut(gem.View(0.9, 140.0, 0.5, 0.5, False)) - plain).abs().mean() < 0.02
    mirrored = cut(gem.View(0.9, -30.0, 0.5, 0.5, True))
    # The template is not quite symmetric, by a third of a pixel of 112.
    assert (mirrored - plain.flip(3)).abs().mean() < 0.05 < 0.5 * (mirrored - plain).abs().mean()
