import dataclasses
import pathlib

import numpy as np
import pytest
import torch
from conftest import VGG_SHAPES

from dctnet import checkpoint, config, data, loop
from dctnet.ttn import Ttn, distill, train
from dctnet.ttn.discriminator import PatchDiscriminator
from dctnet.vgg import TORCHVISION_DEVIATION, TORCHVISION_MEAN, Vgg19, VggError

TINY = config.Config(
    "tiny",
    hold_out=("p1",),
    network=config.Network(width=8, blocks=1),
    train=config.Train(steps=4, batch=4, crop=64, warmup=1, checkpoint_every=2, grid_every=4),
)


def parameters(module: torch.nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


@pytest.mark.parametrize(("width", "count"), [(32, 1_750_508), (16, 439_804)])
def test_the_network_has_the_documented_size(width: int, count: int) -> None:
    assert parameters(Ttn(width)) == count


def test_the_discriminator_has_the_documented_size() -> None:
    assert 280_000 < parameters(PatchDiscriminator(3)) < 290_000


def test_the_network_keeps_height_and_width() -> None:
    assert Ttn(8, 1)(torch.zeros(2, 3, 40, 64)).shape == (2, 3, 40, 64)


def paths(pairs: pathlib.Path, vgg: pathlib.Path, run: pathlib.Path) -> loop.Paths:
    return loop.Paths([pairs / "photos"], pairs / "drawings", pairs / "photos", vgg, run)


def test_a_resumed_run_ends_where_an_unbroken_one_does(
    pairs: pathlib.Path, vgg_path: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    cpu = torch.device("cpu")
    # The length of a run shapes its learning rate, so the broken run is the same run stopped by its checkpoint.
    whole = train.train(TINY, paths(pairs, vgg_path, tmp_path / "whole"), False, cpu)
    halfway = dataclasses.replace(TINY, train=dataclasses.replace(TINY.train, steps=2, decay_from=1.0))
    assert loop.learning_rate(halfway, 1) == loop.learning_rate(TINY, 1)
    train.train(halfway, paths(pairs, vgg_path, tmp_path / "broken"), False, cpu)
    resumed = train.train(TINY, paths(pairs, vgg_path, tmp_path / "broken"), True, cpu)
    assert resumed.step == whole.step == 4
    for a, b in zip(whole.average.parameters(), resumed.average.parameters(), strict=True):
        assert torch.allclose(a, b, atol=1e-6)
    assert (tmp_path / "whole/grid-000004.png").exists()


def test_every_loss_reaches_the_network_and_training_moves_it(
    pairs: pathlib.Path, vgg_path: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    state = train.State.new(TINY, torch.device("cpu"))
    pictures = data.load(TINY, [pairs / "photos"], pairs / "drawings", pairs / "photos", tmp_path)
    batch = data.Batches(pictures, TINY, 0)[0]
    output = state.network(batch.photos)
    found = train.generator_losses(state, Vgg19(vgg_path), batch, output * 3, train.Views.of(output))
    assert set(found) == set(dataclasses.asdict(TINY.loss))
    for name, value in found.items():
        gradient = torch.autograd.grad(value, list(state.network.parameters()), retain_graph=True, allow_unused=True)
        assert any(g is not None and g.abs().sum() > 0 for g in gradient), name
    before = [p.clone() for p in state.network.parameters()]
    train.train_step(state, Vgg19(vgg_path), TINY, batch)
    assert any(not torch.equal(a, b) for a, b in zip(before, state.network.parameters(), strict=True))


def test_the_network_waits_for_fresh_critics(
    pairs: pathlib.Path, vgg_path: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    slow = dataclasses.replace(TINY, train=dataclasses.replace(TINY.train, warmup=10))
    state = train.train(slow, paths(pairs, vgg_path, tmp_path), False, torch.device("cpu"))
    assert train.warmth(state, slow) == pytest.approx(0.5)
    assert state.network_optimizer.param_groups[0]["lr"] < 0.5 * state.critic_optimizer.param_groups[0]["lr"]
    resumed = train.State.new(slow, torch.device("cpu"))
    checkpoint.restore(resumed, tmp_path / "checkpoint.pt", slow)
    assert train.warmth(resumed, slow) == train.warmth(state, slow)


def test_a_narrow_network_learns_from_a_wide_one(
    pairs: pathlib.Path, vgg_path: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    cpu = torch.device("cpu")
    teacher = tmp_path / "wide.pt"
    taught = train.State.new(TINY, cpu)
    taught.average.head.bias.fill_(0.6)
    checkpoint.save(taught, teacher, TINY)
    short = dataclasses.replace(TINY.train, steps=24, learning_rate=4e-3, ema=0.0, checkpoint_every=8, grid_every=24)
    narrow = dataclasses.replace(TINY, network=config.Network(width=6, blocks=1), train=short)
    wide, _ = checkpoint.load_network(teacher)
    state = distill.distill(narrow, paths(pairs, vgg_path, tmp_path / "narrow"), teacher, False, cpu)
    assert state.step == 24 and (tmp_path / "narrow/grid-000024.png").exists()
    photos = data.Batches(data.load_photos(narrow, [pairs / "photos"], None, tmp_path), narrow, 0)[0].photos
    untaught = distill.State.new(narrow, cpu).average
    distance = lambda network: (network(photos) - wide(photos)).abs().mean()  # noqa: E731
    assert distance(state.average) < 0.7 * distance(untaught)


def test_torchvisions_vgg_gives_its_own_features(tmp_path: pathlib.Path) -> None:
    state = {}
    for index, (outputs, inputs) in zip((0, 2, 5, 7, 10, 12, 14, 16), VGG_SHAPES.values(), strict=True):
        state[f"features.{index}.weight"] = torch.randn(outputs, inputs, 3, 3) * (2 / (9 * inputs)) ** 0.5
        state[f"features.{index}.bias"] = torch.randn(outputs)
    torch.save(state, tmp_path / "vgg19.pth")
    x = torch.rand(1, 3, 16, 16) * 2 - 1
    normal = ((x + 1) / 2 - torch.tensor(TORCHVISION_MEAN).view(3, 1, 1)) / torch.tensor(TORCHVISION_DEVIATION).view(
        3, 1, 1
    )
    first = torch.relu(torch.conv2d(normal, state["features.0.weight"], state["features.0.bias"], padding=1))
    expected = torch.relu(torch.conv2d(first, state["features.2.weight"], state["features.2.bias"], padding=1))
    found = Vgg19(tmp_path / "vgg19.pth")(x, ("1_2",))["1_2"]
    assert torch.allclose(found[..., 2:-2, 2:-2], expected[..., 2:-2, 2:-2], atol=1e-3)


@pytest.mark.parametrize("content", [None, b"no archive", "other arrays"])
def test_a_file_without_vgg_is_named(tmp_path: pathlib.Path, content: bytes | str | None) -> None:
    path = tmp_path / "vgg19.npz"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content:
        np.savez(path, other=np.zeros(1))
    with pytest.raises(VggError, match=r"vgg19\.npz"):
        Vgg19(path)


def test_weights_survive_in_half_precision(pairs: pathlib.Path, vgg_path: pathlib.Path, tmp_path: pathlib.Path) -> None:
    short = dataclasses.replace(TINY, train=dataclasses.replace(TINY.train, steps=1))
    state = train.train(short, paths(pairs, vgg_path, tmp_path), False, torch.device("cpu"))
    checkpoint.save_weights(tmp_path / "checkpoint.pt", tmp_path / "kept.pt")
    network, step = checkpoint.load_network(tmp_path / "kept.pt")
    assert step == 1
    for a, b in zip(state.average.parameters(), network.parameters(), strict=True):
        assert torch.allclose(a, b, atol=1e-3)
    warm = train.State.new(short, torch.device("cpu"))
    checkpoint.restore(warm, tmp_path / "kept.pt", short)
    assert warm.step == 1


def test_a_foreign_file_is_no_checkpoint(tmp_path: pathlib.Path) -> None:
    (tmp_path / "foreign.pt").write_bytes(b"not a checkpoint")
    for path in (tmp_path / "foreign.pt", tmp_path / "absent.pt"):
        with pytest.raises(checkpoint.CheckpointError, match=path.name):
            checkpoint.load_network(path)


def test_another_width_is_refused(pairs: pathlib.Path, vgg_path: pathlib.Path, tmp_path: pathlib.Path) -> None:
    short = dataclasses.replace(TINY, train=dataclasses.replace(TINY.train, steps=1))
    train.train(short, paths(pairs, vgg_path, tmp_path), False, torch.device("cpu"))
    wide = dataclasses.replace(short, network=config.Network(width=16, blocks=1))
    with pytest.raises(checkpoint.CheckpointError, match="differs"):
        train.train(wide, paths(pairs, vgg_path, tmp_path), True, torch.device("cpu"))
