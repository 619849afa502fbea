"""Teaches a narrow network to draw what a wide one draws: every photo is then a pair, and no critic is needed."""

from __future__ import annotations

import copy
import dataclasses
import pathlib
from collections.abc import Iterator

import torch
import torch.nn.functional as F

from .. import checkpoint, data, loop, losses
from ..batches import Batch
from ..config import Config
from ..loop import Paths, reduced
from ..vgg import Vgg19
from ..world import Means, World
from .network import Ttn

TAPS = ("1_2", "2_2", "3_4")
PIXEL, FEATURES, STATISTICS = 0.5, 1.0, 1.0
STEPS = 3_000
COURSE = {"learning_rate": 5e-4, "decay_from": 0.5, "reconstruction": 0}


def narrowed(config: Config) -> Config:
    """The recipe of a style's edge network: half as wide, with `STEPS` steps or as many as the full one has."""
    steps = min(STEPS, config.train.steps)
    return dataclasses.replace(
        config,
        network=dataclasses.replace(config.network, width=config.network.width // 2),
        train=dataclasses.replace(config.train, steps=steps, **COURSE),
    )


@dataclasses.dataclass
class State:
    step: int
    network: Ttn
    average: Ttn
    network_optimizer: torch.optim.Adam
    scaler: torch.amp.GradScaler

    @staticmethod
    def new(config: Config, world: World) -> State:
        torch.manual_seed(config.train.seed)
        network = Ttn(config.network.width, config.network.blocks)
        network.to(world.device, memory_format=torch.channels_last)
        average = copy.deepcopy(network).requires_grad_(False)
        adam = torch.optim.Adam(network.parameters(), config.train.learning_rate, fused=True)
        return State(0, network, average, adam, world.scaler)

    def parts(self) -> dict[str, checkpoint.Part]:
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name != "step"}


def distill_step(
    state: State, teacher: Ttn, vgg: Vgg19, config: Config, world: World, batches: Iterator[Batch]
) -> dict[str, float]:
    """One update of the narrow network towards what the teacher draws of the photos. Returns the losses."""
    for group in state.network_optimizer.param_groups:
        group["lr"] = loop.learning_rate(config, state.step)
    means = Means(world)
    for batch in batches:
        with world.autocast():
            with torch.no_grad():
                wanted = teacher(batch.photos).float()
                wanted_features = vgg(reduced(wanted, 2), TAPS)
            output = state.network(batch.photos).float()
            features = vgg(reduced(output, 2), TAPS)
            everywhere = torch.ones_like(output[:, :1])
            pixel = F.l1_loss(output, wanted)
            features_apart = torch.stack(
                [losses.feature_distance(features[t], wanted_features[t]) for t in TAPS]
            ).mean()
            statistics = torch.stack(
                [losses.statistics(features[t], wanted_features[t], everywhere, (4,)) for t in TAPS]
            ).mean()
        world.backward(PIXEL * pixel + FEATURES * features_apart + STATISTICS * statistics)
        means.add({"pixel": pixel, "features": features_apart, "statistics": statistics})
    world.update([state.network_optimizer], means.tensors())
    loop.follow(state.average, state.network, config.train.ema, state.step)
    state.step += 1
    return means.read()


def distill(config: Config, paths: Paths, teacher_path: pathlib.Path, resume: bool, device: torch.device) -> State:
    """Like `train.train`, with the averaged network of `teacher_path` instead of exemplars as the aim."""
    teacher, _ = checkpoint.load_network(teacher_path)
    world = World(config.train, device)
    teacher.to(world.device, memory_format=torch.channels_last)
    with world.leader_first():
        pictures = data.load_photos(paths.photos, paths.cache)
    state = State.new(config, world)
    if resume:
        loop.restore(state, paths, config)
    vgg = Vgg19(paths.vgg).to(world.device, memory_format=torch.channels_last)

    def step(batches: Iterator[Batch]) -> dict[str, float]:
        return distill_step(state, teacher, vgg, config, world, batches)

    loop.run(state, config, paths, pictures, step, world)
    return state
