"""The calibration network's losses, augmentation and alignment against their formulas."""

import math
import pathlib

import numpy as np
import pytest
import torch
from torch import nn

from dctnet.ccn import align, augment, losses, networks
from dctnet.ccn.config import Augmentation, Shape
from dctnet.ccn.photo import Autoencoder
from dctnet.ccn.stylegan2 import Generator
from dctnet.faces.networks import FaceRecognition

TINY = Shape(size=32, style=8, mapping=2, channel_multiplier=0.02, cap=8, content=8, content_channels=4, critic_cap=8)


def test_the_logistic_losses_are_those_of_a_sigmoid() -> None:
    real, fake = torch.tensor([[2.0], [-1.0]]), torch.tensor([[0.5], [3.0]])
    sigmoid = lambda v: 1 / (1 + math.exp(-v))  # noqa: E731
    want = -np.mean([math.log(sigmoid(2)), math.log(sigmoid(-1))])
    want -= np.mean([math.log(1 - sigmoid(0.5)), math.log(1 - sigmoid(3))])
    assert losses.logistic_discriminator(real, fake).item() == pytest.approx(want)
    want = -np.mean([math.log(sigmoid(0.5)), math.log(sigmoid(3))])
    assert losses.logistic_generator(fake).item() == pytest.approx(want)


def test_r1_is_the_squared_gradient_of_each_picture() -> None:
    weight = torch.randn(3, 4, 4)
    real = torch.randn(5, 3, 4, 4, requires_grad=True)
    penalty = losses.r1(real, (real * weight).sum((1, 2, 3)))
    assert penalty.item() == pytest.approx(weight.square().sum().item(), rel=1e-5)


def test_path_lengths_of_a_linear_generator_are_the_norms_of_its_jacobian() -> None:
    jacobian = torch.randn(48, 6)
    styles = torch.randn(2, 3, 6, requires_grad=True)
    pictures = (styles.sum(1) @ jacobian.T).view(2, 3, 4, 4)
    noise = torch.randn(2, 3, 4, 4)
    want = ((noise.flatten(1) / 4) @ jacobian).norm(dim=1)
    assert torch.allclose(losses.path_lengths(pictures, styles, noise), want, rtol=1e-4)
    penalty, mean = losses.path_penalty(torch.tensor([2.0, 4.0]), torch.tensor(1.0))
    assert mean.item() == pytest.approx(1.02)
    assert penalty.item() == pytest.approx(((2 - 1.02) ** 2 + (4 - 1.02) ** 2) / 2)


def test_the_face_crop_is_that_of_the_published_code() -> None:
    picture = torch.arange(256.0 * 256).view(1, 1, 256, 256)
    assert torch.equal(losses.face(picture), picture[..., 35:223, 32:220])
    assert losses.face(torch.zeros(1, 3, 64, 64)).shape == (1, 3, 47, 47)


def test_identity_is_one_minus_the_cosine_and_leaves_the_source_alone() -> None:
    torch.manual_seed(0)
    flat = nn.Sequential(nn.Flatten(), nn.Linear(3 * 12 * 12, 7))
    source, drawn = (torch.randn(2, 3, 16, 16, requires_grad=True) for _ in range(2))
    a, b = (flat(losses.face(x)).detach().numpy() for x in (drawn, source))
    cosine = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    loss = losses.identity(flat, drawn, source)
    assert loss.item() == pytest.approx((1 - cosine).mean(), rel=1e-5)
    loss.backward()
    assert drawn.grad is not None and source.grad is None
    assert losses.identity(flat, source, source).item() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("variant", ["latent", "photo"])
def test_identity_teaches_g_t(variant: str, weights: pathlib.Path) -> None:
    """The published code took float(loss) and lost the gradient; here it must reach what draws."""
    torch.manual_seed(0)
    prior, other = networks.new(variant, TINY), networks.new(variant, TINY)
    target = networks.synthesis(other)
    code = (
        networks.latent_code(prior, 1, 0.0)
        if isinstance(prior, Generator)
        else prior.encoder(torch.randn(1, 3, 32, 32))
    )
    code = tuple(part.detach() for part in code)
    noise = networks.draw_noise(target, 1, torch.device("cpu"), seed=0)
    with torch.no_grad():
        content = networks.synthesis(prior)(*code, noise=noise)
    loss = losses.identity(FaceRecognition(weights), target(*code, noise=noise), content)
    loss.backward()
    assert loss.item() > 0
    found = {name: p.grad for name, p in target.named_parameters() if not name.startswith("style.")}
    assert all(grad is not None and grad.isfinite().all() for grad in found.values())
    assert all(grad.abs().sum() > 0 for name, grad in found.items() if grad is not None)


def test_the_face_of_a_wrong_person_moves_towards_the_right_one(weights: pathlib.Path, sample: np.ndarray) -> None:
    embed = FaceRecognition(weights)
    photo = torch.tensor(sample).permute(2, 0, 1)[None].float() / 127.5 - 1
    photo = torch.nn.functional.interpolate(photo, (128, 128), mode="area")
    drawn = photo.flip(1).requires_grad_()
    before = losses.identity(embed, drawn, photo)
    (gradient,) = torch.autograd.grad(before, drawn)
    assert losses.identity(embed, drawn - 0.02 * gradient.sign(), photo) < before


def test_no_probability_leaves_pictures_as_they_are_and_half_of_it_half_of_them() -> None:
    x = torch.rand(400, 3, 16, 16) * 2 - 1
    assert torch.allclose(augment.Draw.of(400, 0.0).apply(x), x, atol=1e-6)
    draw = augment.Draw.of(400, 0.5, torch.Generator().manual_seed(0))
    for moved in (draw.brightness != 0, draw.saturation != 1, draw.contrast != 1, draw.hole[:, :1] < 2):
        assert moved.float().mean().item() == pytest.approx(0.5, abs=0.08)
    assert draw.brightness.abs().max() <= 0.5 and draw.shift.abs().max() <= 1 / 8


def test_each_augmentation_does_what_its_name_says() -> None:
    x = torch.rand(1, 3, 16, 16) * 2 - 1
    still = {"brightness": 0.0, "saturation": 1.0, "contrast": 1.0, "shift": (0.0, 0.0), "hole": (9.0, 9.0)}

    def applied(**changed: object) -> torch.Tensor:
        values = {name: torch.tensor(value).view(1, -1) for name, value in (still | changed).items()}
        return augment.Draw(**values).apply(x)

    assert torch.allclose(applied(brightness=0.3), x + 0.3)
    assert torch.allclose(applied(saturation=0.0), x.mean(1, keepdim=True).expand_as(x), atol=1e-6)
    assert torch.allclose(applied(contrast=0.5), x.mean() + (x - x.mean()) / 2, atol=1e-6)
    moved = applied(shift=(2 / 16, -1 / 16))
    assert torch.allclose(moved[..., 2:, :-1], x[..., :-2, 1:]) and moved[..., :2, :].abs().sum() == 0
    cut = applied(hole=(0.5, 0.25))
    assert cut[..., 4:12, :8].abs().sum() == 0 and torch.allclose(cut[..., 8:], x[..., 8:])


def test_augmentation_passes_the_gradient_on() -> None:
    x = torch.rand(4, 3, 16, 16, requires_grad=True)
    augment.Draw.of(4, 1.0, torch.Generator().manual_seed(1)).apply(x).square().sum().backward()
    assert x.grad is not None and x.grad.isfinite().all() and (x.grad != 0).any()


def test_the_probability_follows_overfitting_and_stays_where_it_does_not_leak() -> None:
    adaptive = augment.Adaptive(Augmentation(thousands=1.0, target=0.6, most=0.8))
    for _ in range(400):
        adaptive.follow(torch.ones(4, 1))
    assert adaptive.probability == 0.8
    for _ in range(400):
        adaptive.follow(-torch.ones(4, 1))
    assert adaptive.probability == 0.0
    other = augment.Adaptive(Augmentation())
    other.load_state_dict(adaptive.state_dict())
    assert (other.probability, other.sign) == (adaptive.probability, adaptive.sign)


@pytest.mark.parametrize("variant", ["latent", "photo"])
def test_a_blend_takes_the_named_layers(variant: str) -> None:
    torch.manual_seed(0)
    source, target = (networks.synthesis(networks.new(variant, TINY)) for _ in range(2))
    coarse = ("style.", "input.", "expand.", "conv1.", "to_rgb1.", "noises.noise_0")
    for levels, more in (
        (0, None),
        (1, ()),
        (2, ("convs.0.", "convs.1.", "to_rgbs.0.", "noises.noise_1", "noises.noise_2")),
    ):
        blended = networks.blend(source, target, levels).state_dict()
        for name, value in blended.items():
            taken = more is not None and name.startswith(coarse + more)
            assert torch.equal(value, (source if taken else target).state_dict()[name]), (levels, name)


def test_the_autoencoder_keeps_its_style_out_of_the_content() -> None:
    network = Autoencoder(TINY)
    content, styles = network.encoder(torch.randn(2, 3, 32, 32))
    assert content.shape == (2, 4, 8, 8) and styles.shape == (2, 6, 8)
    assert torch.allclose(content.square().mean(1), torch.ones(2, 8, 8), atol=1e-3)
    noise = networks.draw_noise(network.decoder, 1, torch.device("cpu"), seed=0)
    one, two = network.decoder(content, styles, noise), network.decoder(content, 2 * styles, noise)
    assert one.shape == (2, 3, 32, 32) and not torch.allclose(one, two)


def landmarks(centre: tuple[float, float], eyes: float, degrees: float) -> np.ndarray:
    """68 points of a face whose eyes are `eyes` apart and whose mouth lies as far below them."""
    points = np.zeros((68, 2))
    points[36:42], points[42:48] = (-eyes / 2, 0), (eyes / 2, 0)
    points[48], points[54] = (-eyes / 3, eyes), (eyes / 3, eyes)
    angle = math.radians(degrees)
    turn = np.array(((math.cos(angle), -math.sin(angle)), (math.sin(angle), math.cos(angle))))
    return (points @ turn.T + centre).astype(np.float32)


@pytest.mark.parametrize("degrees", [0, 25, -140])
def test_alignment_brings_any_face_to_the_place_of_ffhq(degrees: float) -> None:
    points = landmarks((90, 70), 40, degrees)
    assert align.side(points) == pytest.approx(4 * 40, rel=1e-5)
    moved = points @ align.matrix(points, 256)[:, :2].T + align.matrix(points, 256)[:, 2]
    # Eyes 1 apart, square 4 wide, its centre a tenth of the way to the mouth: eyes lie at ½ - 0.1/4 of its height.
    np.testing.assert_allclose(moved[36:48].mean(0), (127.5, 256 * (0.5 - 0.025) - 0.5), atol=1e-2)
    np.testing.assert_allclose(moved[42] - moved[36], (64, 0), atol=1e-2)
    assert align.overhang(points, 400, 400) == pytest.approx(max(0, -align.square(points).min()) / 160)
    assert align.drift(points, points + np.float32((3, 4))) == pytest.approx(5 / 40, rel=1e-4)
