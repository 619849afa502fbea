import dataclasses
import os
import pathlib
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
import torch
from conftest import VGG_SHAPES, upright_face

from dctnet import checkpoint, config, data, loop
from dctnet.batches import Batches
from dctnet.expression.network import Openness
from dctnet.ttn import Ttn, distill, train
from dctnet.ttn.discriminator import FeatureDiscriminator, PatchDiscriminator
from dctnet.vgg import TORCHVISION_DEVIATION, TORCHVISION_MEAN, Vgg19, VggError
from dctnet.world import World

TINY = config.Config(
    "tiny",
    hold_out=("p1",),
    network=config.Network(width=8, blocks=1),
    train=config.Train(steps=4, batch=4, crop=64, reconstruction=1, warmup=1, checkpoint_every=2, grid_every=4),
)


def parameters(module: torch.nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


@pytest.mark.parametrize(("width", "count"), [(32, 1_750_508), (16, 439_804)])
def test_the_network_has_the_documented_size(width: int, count: int) -> None:
    assert parameters(Ttn(width)) == count


def test_the_discriminator_has_the_documented_size() -> None:
    assert 280_000 < parameters(PatchDiscriminator(3)) < 290_000


def test_a_critic_of_features_sees_every_channel_alike_whatever_its_scale() -> None:
    torch.manual_seed(0)
    critic = FeatureDiscriminator(8).eval()
    real = torch.randn(4, 8, 16, 16)
    louder = real * torch.tensor([100.0, 1, 1, 1, 1, 1, 1, 1])[:, None, None]
    critic.seen(real.std((0, 2, 3)))
    expected = critic(real)
    critic.scale.zero_()
    critic.seen(louder.std((0, 2, 3)))
    assert expected.shape == (4, 1, 4, 4) and expected.std() > 0
    assert critic(louder)[..., 1:, 1:].std() < 3 * expected.std()


def test_the_network_keeps_height_and_width() -> None:
    assert Ttn(8, 1)(torch.zeros(2, 3, 40, 64)).shape == (2, 3, 40, 64)


@pytest.fixture
def paths(
    people: pathlib.Path,
    vgg_path: pathlib.Path,
    weights: pathlib.Path,
    packed: pathlib.Path,
    tmp_path: pathlib.Path,
) -> loop.Paths:
    return loop.Paths([people / "photos"], people / "drawings", vgg_path, weights, tmp_path / "run", packed)


def into(paths: loop.Paths, name: str) -> loop.Paths:
    return dataclasses.replace(paths, run=paths.run / name)


def test_a_resumed_run_ends_where_an_unbroken_one_does(paths: loop.Paths) -> None:
    cpu = torch.device("cpu")
    # The length of a run shapes its learning rate, so the broken run is the same run stopped by its checkpoint.
    whole = train.train(TINY, into(paths, "whole"), False, cpu)
    halfway = dataclasses.replace(TINY, train=dataclasses.replace(TINY.train, steps=2, decay_from=1.0))
    assert loop.learning_rate(halfway, 1) == loop.learning_rate(TINY, 1)
    train.train(halfway, into(paths, "broken"), False, cpu)
    resumed = train.train(TINY, into(paths, "broken"), True, cpu)
    assert resumed.step == whole.step == 4
    for a, b in zip(whole.average.parameters(), resumed.average.parameters(), strict=True):
        assert torch.allclose(a, b, atol=1e-6)
    assert (paths.run / "whole/grid-000004.png").exists()


TOML = """
style = "tiny"
hold_out = ["p1"]
[network]
width = 8
blocks = 1
[train]
steps = 4
batch = 2
crop = 64
reconstruction = 1
warmup = 1
checkpoint_every = 2
grid_every = 4
precision = "32-true"
"""


def test_two_processes_learn_what_one_does_with_twice_the_batches(
    paths: loop.Paths, tmp_path: pathlib.Path, tell: Callable[[str], None]
) -> None:
    cpu = torch.device("cpu")
    (tmp_path / "tiny.toml").write_text(TOML)
    settings = config.load(tmp_path / "tiny.toml")
    alone = dataclasses.replace(settings, train=dataclasses.replace(settings.train, accumulate=2))
    # torchrun gives each process one thread, as conftest.py does: sums in another order differ in the last digits.
    whole = train.train(alone, into(paths, "whole"), False, cpu)
    begun = dataclasses.replace(alone, train=dataclasses.replace(alone.train, steps=1, decay_from=1.0))
    train.train(begun, into(paths, "shared"), False, cpu)
    # Two processes go on from the checkpoint of one, before the critics have seen anything.
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m"]
    # Without the dashes torchrun takes `--run` for an option of its own.
    command += [
        "--",
        "dctnet",
        "ttn",
        "--resume",
        "--device",
        "cpu",
        "--config",
        tmp_path / "tiny.toml",
        "--run",
        paths.run / "shared",
    ]
    command += ["--photos", *paths.photos, "--exemplars", paths.exemplars, "--vgg", paths.vgg]
    command += ["--weights", paths.weights, "--cache", paths.cache]
    ran = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr.count("4/4") and (paths.run / "shared/grid-000004.png").exists()
    found = train.State.new(settings, World(settings.train, cpu))
    checkpoint.restore(found, paths.run / "shared/checkpoint.pt", settings)
    assert found.step == 4
    apart = {}
    for name, part in whole.parts().items():
        if isinstance(part, torch.nn.Module):
            theirs = getattr(found, name).state_dict()
            apart[name] = max((value - theirs[key]).abs().max().item() for key, value in part.state_dict().items())
    assert max(apart.values()) < 1e-5, apart
    tell(f"two processes against one, four updates: no weight further apart than {max(apart.values()):.0e}")


def test_half_precision_is_refused_where_there_is_none() -> None:
    half = dataclasses.replace(TINY.train, precision="16-mixed")
    with pytest.raises(config.ConfigError, match="CUDA"):
        World(half, torch.device("cpu"))


def test_every_loss_reaches_the_network_and_training_moves_it(paths: loop.Paths) -> None:
    world = World(TINY.train, torch.device("cpu"))
    state = train.State.new(TINY, world)
    assert paths.exemplars is not None and paths.weights is not None
    pictures = data.load(TINY, paths.photos, paths.exemplars, paths.weights, paths.cache)
    batch = Batches(pictures, TINY, 0, torch.device("cpu"))[0]
    vgg, output = Vgg19(paths.vgg), 3 * state.network(batch.photos)
    look = train.Looks.draw(TINY.train.crop)
    wanted, drawn = (look(vgg, x) for x in (batch.targets, output))
    state.features.seen(state.features.deviations(wanted))
    shaped = dataclasses.replace(TINY, loss=dataclasses.replace(TINY.loss, shape=1.0, pixel=1.0))
    regressor = Openness().requires_grad_(False)
    batch.landmarks = torch.from_numpy(upright_face(64, 0.95))[None].repeat(4, 1, 1)
    found = train.generator_losses(state, vgg, batch, output, train.Views.of(output), drawn, wanted, shaped, regressor)
    assert set(found) == set(dataclasses.asdict(TINY.loss))
    for name, value in found.items():
        gradient = torch.autograd.grad(value, list(state.network.parameters()), retain_graph=True, allow_unused=True)
        assert any(g is not None and g.abs().sum() > 0 for g in gradient), name
    before = [p.clone() for p in state.network.parameters()]
    state.step = TINY.train.reconstruction
    train.train_step(state, vgg, TINY, world, iter([batch]))
    assert any(not torch.equal(a, b) for a, b in zip(before, state.network.parameters(), strict=True))


def test_a_fitted_drawing_may_keep_the_photos_eyes_and_mouth(paths: loop.Paths) -> None:
    plain = dataclasses.replace(TINY, gem=dataclasses.replace(TINY.gem, hue_share=0.0))
    own = dataclasses.replace(plain, exemplars=dataclasses.replace(TINY.exemplars, features=1.0, eyes=1.3))
    assert paths.exemplars is not None and paths.weights is not None
    pictures = data.load(TINY, paths.photos, paths.exemplars, paths.weights, paths.cache)
    drawn, kept = (Batches(pictures, settings, 0, torch.device("cpu"))[0] for settings in (plain, own))
    changed = (drawn.targets - kept.targets).abs().amax((1, 2, 3)) > 0.05
    fitted = (drawn.weights > 0).flatten(1).any(1)
    assert fitted.any() and changed[fitted].any() and not changed[~fitted].any()
    assert torch.equal(drawn.photos, kept.photos)


def test_an_update_steps_no_further_than_the_largest_gradient() -> None:
    world = World(TINY.train, torch.device("cpu"))
    network, critic = torch.nn.Linear(3, 1, bias=False), torch.nn.Linear(3, 1, bias=False)
    optimizers = [torch.optim.SGD(layer.parameters(), 1.0) for layer in (network, critic)]
    before = [layer.weight.clone() for layer in (network, critic)]
    for layer in (network, critic):
        layer.weight.grad = torch.full((1, 3), 100.0)
    world.update(optimizers, (), 1.0)
    moved = [(layer.weight - b).norm().item() for layer, b in zip((network, critic), before, strict=True)]
    assert moved == pytest.approx([1.0, 100 * 3**0.5], rel=1e-4)


def test_both_optimizers_undo_the_same_loss_scale() -> None:
    world = World(TINY.train, torch.device("cpu"))
    world.scaler = torch.amp.GradScaler("cpu", init_scale=8.0, growth_interval=1)
    layers = [torch.nn.Linear(3, 1, bias=False) for _ in range(2)]
    before = [layer.weight.clone() for layer in layers]
    for layer in layers:
        world.scaler.scale(layer.weight.sum()).backward()
    world.update([torch.optim.SGD(layer.parameters(), 1.0) for layer in layers])
    for layer, weight in zip(layers, before, strict=True):
        assert torch.allclose(weight - layer.weight, torch.ones(1, 3))
    assert world.scaler.get_scale() == 16


def test_a_network_far_outside_its_range_is_led_back(paths: loop.Paths) -> None:
    world = World(TINY.train, torch.device("cpu"))
    state = train.State.new(TINY, world)
    assert paths.exemplars is not None and paths.weights is not None
    pictures = data.load(TINY, paths.photos, paths.exemplars, paths.weights, paths.cache)
    batch = Batches(pictures, TINY, 0, torch.device("cpu"))[0]
    with torch.no_grad():
        state.network.head.bias.fill_(40.0)
    state.step = TINY.train.reconstruction
    found = train.train_step(state, Vgg19(paths.vgg), TINY, world, iter([batch]))
    # A tenth of the overshoot counts, else VGG's features and every critic's gradient would be forty times too large.
    assert found["tone"] < 12 and found["statistics"] < 12


def test_the_network_waits_for_fresh_critics(paths: loop.Paths) -> None:
    slow = dataclasses.replace(TINY, train=dataclasses.replace(TINY.train, warmup=10))
    state = train.train(slow, paths, False, torch.device("cpu"))
    assert train.warmth(state, slow) == pytest.approx(0.4)
    assert state.network_optimizer.param_groups[0]["lr"] < 0.5 * state.critic_optimizer.param_groups[0]["lr"]
    resumed = train.State.new(slow, World(slow.train, torch.device("cpu")))
    checkpoint.restore(resumed, paths.run / "checkpoint.pt", slow)
    assert train.warmth(resumed, slow) == train.warmth(state, slow)


def test_a_narrow_network_learns_from_a_wide_one(paths: loop.Paths) -> None:
    cpu = torch.device("cpu")
    paths.run.mkdir(parents=True)
    teacher = paths.run / "wide.pt"
    taught = train.State.new(TINY, World(TINY.train, cpu))
    taught.average.head.bias.fill_(0.6)
    checkpoint.save(taught, teacher, TINY)
    short = dataclasses.replace(TINY.train, steps=24, learning_rate=4e-3, ema=0.0, checkpoint_every=8, grid_every=24)
    narrow = dataclasses.replace(TINY, network=config.Network(width=6, blocks=1), train=short)
    wide, _ = checkpoint.load_network(teacher)
    state = distill.distill(narrow, into(paths, "narrow"), teacher, False, cpu)
    assert state.step == 24 and (paths.run / "narrow/grid-000024.png").exists()
    photos = Batches(data.load_photos(paths.photos, paths.cache), narrow, 0, cpu)[0].photos
    untaught = distill.State.new(narrow, World(narrow.train, cpu)).average
    distance = lambda network: (network(photos) - wide(photos)).abs().mean()  # noqa: E731
    assert distance(state.average) < 0.7 * distance(untaught)


def test_an_edge_network_is_half_as_wide_and_sees_what_the_full_one_does() -> None:
    narrow = distill.narrowed(dataclasses.replace(TINY, hold_out=("a",)))
    assert narrow.network.width * 2 == TINY.network.width and narrow.hold_out == ("a",) and narrow.gem == TINY.gem
    assert narrow.train.steps == TINY.train.steps < distill.STEPS
    longer = dataclasses.replace(TINY, train=dataclasses.replace(TINY.train, steps=100_000))
    assert distill.narrowed(longer).train.steps == distill.STEPS


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


def test_weights_survive_in_half_precision(paths: loop.Paths) -> None:
    short = dataclasses.replace(TINY, train=dataclasses.replace(TINY.train, steps=1))
    state = train.train(short, paths, False, torch.device("cpu"))
    checkpoint.save_weights(paths.run / "checkpoint.pt", paths.run / "kept.pt")
    network, step = checkpoint.load_network(paths.run / "kept.pt")
    assert step == 1
    for a, b in zip(state.average.parameters(), network.parameters(), strict=True):
        assert torch.allclose(a, b, atol=1e-3)
    warm = train.State.new(short, World(short.train, torch.device("cpu")))
    checkpoint.restore(warm, paths.run / "kept.pt", short)
    assert warm.step == 1


def test_a_foreign_file_is_no_checkpoint(tmp_path: pathlib.Path) -> None:
    (tmp_path / "foreign.pt").write_bytes(b"not a checkpoint")
    for path in (tmp_path / "foreign.pt", tmp_path / "absent.pt"):
        with pytest.raises(checkpoint.CheckpointError, match=path.name):
            checkpoint.load_network(path)


def test_another_width_is_refused(paths: loop.Paths) -> None:
    short = dataclasses.replace(TINY, train=dataclasses.replace(TINY.train, steps=1))
    train.train(short, paths, False, torch.device("cpu"))
    wide = dataclasses.replace(short, network=config.Network(width=16, blocks=1))
    with pytest.raises(checkpoint.CheckpointError, match="differs"):
        train.train(wide, paths, True, torch.device("cpu"))
