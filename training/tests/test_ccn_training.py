"""Source, adaptation and sampling from end to end, at 32 pixels on generated pictures."""

import dataclasses
import json
import pathlib

import numpy as np
import pytest
import torch
from conftest import portrait
from torch import Tensor, nn

from dctnet import ground
from dctnet.ccn import adapt, checkpoint, compare, data, networks, run, sample, source
from dctnet.ccn.config import Adapt, Augmentation, Ccn, Regularisers, Sample, Shape, Source
from dctnet.checkpoint import CheckpointError
from dctnet.cli import main
from dctnet.data import DataError
from dctnet.vgg import Vgg19

SIZE = 32
SHAPE = Shape(
    size=SIZE, style=8, mapping=2, channel_multiplier=0.02, cap=8, content=8, content_channels=4, critic_cap=8
)
CPU = torch.device("cpu")


def settings(variant: str, steps: int) -> Ccn:
    return Ccn(
        variant=variant,
        shape=SHAPE,
        regularisers=Regularisers(r1_every=2, path_every=2),
        source=Source(steps=steps, batch=2, augmentation=Augmentation(start=0.5)),
        adapt=Adapt(steps=steps, batch=2, frozen=0, augmentation=Augmentation(start=0.5)),
        sample=Sample(identity=-1.0, drift=1.0),
        checkpoint_every=1,
        grid_every=2,
    )


class Embed(nn.Module):
    """Stands in for face recognition where its answers do not matter: the mean of each sixteenth of the picture."""

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.adaptive_avg_pool2d(x.float(), 4).flatten(1) + 1.5


@pytest.fixture(scope="module")
def pictures() -> data.Pictures:
    def small(index: int, drawn: bool) -> np.ndarray:
        return np.asarray(portrait(index, drawn).resize((SIZE, SIZE)))

    photos = np.stack([small(index, False) for index in range(8)])
    drawn = np.stack([np.dstack((d, ground.cut(d))) for d in (small(index, True) for index in range(8, 14))])
    return data.Pictures(photos, photos, drawn, photos[:3])


@pytest.fixture
def frozen(vgg_path: pathlib.Path) -> run.Frozen:
    return run.Frozen(Vgg19(vgg_path), Embed())


def weights_of(module: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in module.state_dict().items()}


def assert_same(a: nn.Module, b: nn.Module) -> None:
    for (name, one), two in zip(a.state_dict().items(), b.state_dict().values(), strict=True):
        assert torch.equal(one, two), name


@pytest.mark.parametrize("variant", ["latent", "photo"])
def test_from_photos_and_drawings_to_pairs(
    variant: str, pictures: data.Pictures, frozen: run.Frozen, tmp_path: pathlib.Path
) -> None:
    whole = source.train(settings(variant, 2), pictures, frozen, tmp_path / "whole", False, CPU)
    source.train(settings(variant, 1), pictures, frozen, tmp_path / "broken", False, CPU)
    resumed = source.train(settings(variant, 2), pictures, frozen, tmp_path / "broken", True, CPU)
    assert whole.step == resumed.step == 2
    for part in ("network", "average", "critics"):
        assert_same(getattr(whole, part), getattr(resumed, part))
    assert whole.adaptive.state_dict() == resumed.adaptive.state_dict()
    assert (tmp_path / "whole/grid-000002.png").exists()

    prior_path = tmp_path / "whole/checkpoint.pt"
    moved = adapt.train(settings(variant, 2), prior_path, pictures, frozen, tmp_path / "adapted", False, CPU)
    adapt.train(settings(variant, 1), prior_path, pictures, frozen, tmp_path / "torn", False, CPU)
    mended = adapt.train(settings(variant, 2), prior_path, pictures, frozen, tmp_path / "torn", True, CPU)
    for part in ("network", "average", "critics"):
        assert_same(getattr(moved, part), getattr(mended, part))

    read, shape, prior, critics = checkpoint.load_source(prior_path)
    assert (read, shape) == (variant, SHAPE) and critics is not None
    target = checkpoint.load_target(tmp_path / "adapted/checkpoint.pt")
    before, after = weights_of(networks.synthesis(prior)), weights_of(target)
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert {"conv1.conv.weight", "convs.1.conv.weight", "to_rgbs.1.conv.weight"} <= changed

    places = np.random.default_rng(0).uniform(0, SIZE, (68, 2)).astype(np.float32)
    places[36:42], places[42:48] = (10, 12), (22, 12)
    seen: list[int] = []

    def locate(picture: np.ndarray) -> np.ndarray | None:
        seen.append(len(seen))
        return None if len(seen) == 1 else places  # the first picture shows nobody

    chosen = settings(variant, 2).sample
    found = sample.pairs(prior, target, pictures.photos, 8, chosen, locate, Embed(), CPU)
    counts = sample.write(found, chosen, tmp_path / "pairs", 8)
    assert counts == {"no face": 1, "kept": 7}
    sources, targets = (np.load(tmp_path / f"pairs/{name}.npy") for name in ("sources", "targets"))
    assert sources.shape == targets.shape == (7, SIZE, SIZE, 3) and sources.dtype == targets.dtype == np.uint8
    assert np.load(tmp_path / "pairs/landmarks.npy").shape == (7, 68, 2)
    assert json.loads((tmp_path / "pairs/samples.json").read_text())["kept"] == 7
    assert (tmp_path / "pairs/sheet.png").exists()
    if variant == "photo":
        np.testing.assert_array_equal(sources, pictures.photos[1:])


def test_frozen_layers_stay_and_the_others_learn(
    pictures: data.Pictures, frozen: run.Frozen, tmp_path: pathlib.Path
) -> None:
    torch.manual_seed(0)
    prior = networks.new("photo", SHAPE)
    kept = dataclasses.replace(settings("photo", 2), adapt=Adapt(steps=2, batch=2, frozen=1))
    state = adapt.State.new(kept, SHAPE, prior, None, CPU)
    batches = data.Batches(pictures, 2, 1.0, 1, 0, 2)
    for index in range(2):
        adapt.train_step(state, prior, frozen, kept, batches[index])
    before = networks.synthesis(prior).state_dict()
    for name, value in state.network.state_dict().items():
        if name.startswith(("expand.", "conv1.", "to_rgb1.")):
            assert torch.equal(value, before[name]), name
    assert not torch.equal(state.network.convs[0].conv.weight, prior.decoder.convs[0].conv.weight)


def test_a_step_depends_on_its_number_alone(pictures: data.Pictures) -> None:
    one, other = data.Batches(pictures, 2, 0.5, 1, 0, 9), data.Batches(pictures, 2, 0.5, 1, 5, 9)
    assert torch.equal(one[6].photos, other[1].photos) and torch.equal(one[6].exemplars, other[1].exemplars)
    assert len(one) == 9 and len(other) == 4


def test_exemplars_stand_on_grounds_as_often_as_asked(pictures: data.Pictures) -> None:
    rng = np.random.default_rng(0)
    white = [data.Batches(pictures, 2, 0.0, 1, 0, 1).exemplar(rng)[0, 0].min() for _ in range(20)]
    behind = [data.Batches(pictures, 2, 1.0, 1, 0, 1).exemplar(rng)[0, 0].min() for _ in range(20)]
    assert min(white) > 240 and max(behind) < 240


def test_bad_pairs_are_dropped_for_a_reason(tmp_path: pathlib.Path) -> None:
    picture = np.zeros((SIZE, SIZE, 3), np.uint8)
    places = np.zeros((68, 2), np.float32)
    chosen = Sample(identity=0.9, drift=0.1)
    pairs = [
        sample.Pair(picture, picture, places, 0.05, 0.95),
        sample.Pair(picture, picture, places, 0.15, 0.95),
        sample.Pair(picture, picture, places, 0.05, 0.85),
        sample.Pair(picture, picture, None, float("inf"), 0.95),
    ]
    assert [sample.fault(pair, chosen) for pair in pairs] == [None, "drift", "identity", "no face"]
    with pytest.raises(DataError, match="all 3 pairs were dropped"):
        sample.write(iter(pairs[1:]), chosen, tmp_path, 3)


def test_faces_are_found_packed_and_kept(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for index in range(4):
        portrait(index, False).save(folder / f"{index}.png")
    paths = sorted(folder.iterdir())
    places = np.full((68, 2), 48, np.float32)
    places[36:42], places[42:48], places[48], places[54] = (38, 41), (56, 41), (42, 60), (52, 60)
    answers = iter([places, None, (places - 48) / 4 + 48, places])
    packed = data.pack(paths, "photos", SIZE, lambda picture: next(answers), tmp_path / "cache")
    assert packed.shape == (2, SIZE, SIZE, 3)  # one has no face, and one a face of 18 pixels
    again = data.pack(paths, "photos", SIZE, lambda picture: pytest.fail("looked twice"), tmp_path / "cache")
    assert np.array_equal(packed, again)
    cut = data.pack(paths, "cut", SIZE, lambda picture: places, tmp_path / "cache", masked=True)
    assert cut.shape == (4, SIZE, SIZE, 4) and set(np.unique(cut[..., 3])) >= {255}
    with pytest.raises(DataError, match="none of 4 pictures"):
        data.pack(paths, "none", SIZE, lambda picture: None, tmp_path / "cache")


def test_a_checkpoint_of_another_kind_is_refused(
    pictures: data.Pictures, frozen: run.Frozen, tmp_path: pathlib.Path
) -> None:
    source.train(settings("photo", 1), pictures, frozen, tmp_path, False, CPU)
    with pytest.raises(CheckpointError, match="not the checkpoint of a target network"):
        checkpoint.load_target(tmp_path / "checkpoint.pt")
    with pytest.raises(CheckpointError, match="holds a photo network"):
        source.train(settings("latent", 1), pictures, frozen, tmp_path, True, CPU)


def test_a_comparison_tells_the_style_from_the_photos(
    pictures: data.Pictures, frozen: run.Frozen, tmp_path: pathlib.Path
) -> None:
    """Two targets that need no training: one that draws what its source does, one that draws nothing else than gray."""
    torch.manual_seed(0)
    prior = networks.new("latent", SHAPE).eval()
    same = networks.synthesis(prior)
    gray = networks.blend(same, same, 0)
    with torch.no_grad():
        for to_rgb in (gray.to_rgb1, *gray.to_rgbs):
            to_rgb.conv.weight.zero_()
    drawn = pictures.exemplars[..., :3]

    def figures(target: networks.Synthesis) -> compare.Figures:
        return compare.measure(
            prior,
            target,
            pictures.photos,
            drawn[:3],
            drawn[3:],
            8,
            Sample(identity=0.5, drift=1.0, blend=0),
            frozen.vgg,
            frozen.faces,
            lambda picture: None if (picture == picture[0, 0]).all() else np.ones((68, 2), np.float32),
            CPU,
            tmp_path / "compared/sheet.png",
        )

    unchanged, emptied = figures(same), figures(gray)
    assert unchanged.style_gap == pytest.approx(1) and unchanged.identity == pytest.approx(1, abs=1e-5)
    assert (unchanged.same_person, unchanged.drift, unchanged.found, unchanged.kept) == (1, 0, 1, 1)
    assert emptied.style_gap != pytest.approx(1) and emptied.same_person < 1
    assert emptied.found == emptied.kept == 0 and np.isnan(emptied.drift)


def test_the_commands_train_from_folders(
    pairs: pathlib.Path, vgg_path: pathlib.Path, weights: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    toml = tmp_path / "style.toml"
    toml.write_text(
        """style = "test"
[ccn]
shape = { size = 32, style = 8, channel_multiplier = 0.02, cap = 8, content = 8, content_channels = 4, critic_cap = 8 }
source = { steps = 1, batch = 2 }
adapt = { steps = 1, batch = 2 }
"""
    )
    shared = ["--config", toml, "--vgg", vgg_path, "--weights", weights, "--aligned", "all", "--device", "cpu"]
    shared += ["--cache", tmp_path / "cache", "--photos", pairs / "photos"]
    prior = tmp_path / "source/checkpoint.pt"

    def run_command(verb: str, *arguments: object) -> None:
        main(["ccn", verb, *map(str, (*arguments, *shared))])

    run_command("source", "--run", tmp_path / "source")
    run_command("adapt", "--run", tmp_path / "t", "--source", prior, "--exemplars", pairs / "drawings")
    assert checkpoint.load_target(tmp_path / "t/checkpoint.pt").shape.size == 32
