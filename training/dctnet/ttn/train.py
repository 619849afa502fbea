"""Trains the texture translation network. Read top to bottom: the state, the losses, one step."""

from __future__ import annotations

import copy
import dataclasses
import pathlib
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .. import checkpoint, data, loop, losses
from ..batches import Batch
from ..config import Config
from ..expression import network as openness
from ..expression.network import Openness
from ..loop import Paths, reduced
from ..vgg import Vgg19
from ..world import Means, World
from . import expression
from .discriminator import FEATURE_CHANNELS, NEAR_CHANNELS, PatchDiscriminator, StyleDiscriminator, iterate
from .network import Ttn

Features = dict[str, Tensor]


@dataclasses.dataclass
class State:
    """Everything that a resumed run needs, and nothing else."""

    step: int
    network: Ttn
    average: Ttn
    texture: PatchDiscriminator
    surface: PatchDiscriminator
    features: StyleDiscriminator
    network_optimizer: torch.optim.Adam
    critic_optimizer: torch.optim.Adam
    scaler: torch.amp.GradScaler

    @staticmethod
    def new(config: Config, world: World) -> State:
        torch.manual_seed(config.train.seed)
        device, layout = world.device, torch.channels_last
        network = Ttn(config.network.width, config.network.blocks).to(device, memory_format=layout)
        texture = PatchDiscriminator(1).to(device, memory_format=layout)
        surface = PatchDiscriminator(3).to(device, memory_format=layout)
        features = StyleDiscriminator().to(device, memory_format=layout)
        adam = lambda *parts: torch.optim.Adam(  # noqa: E731
            [p for part in parts for p in part.parameters()],
            config.train.learning_rate,
            (0.5, 0.99),
            fused=True,
        )
        average = copy.deepcopy(network).requires_grad_(False)
        critics = (texture, surface, features)
        return State(0, network, average, *critics, adam(network), adam(*critics), world.scaler)

    def parts(self) -> dict[str, checkpoint.Part]:
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name != "step"}


def warmth(state: State, config: Config) -> float:
    """0 … 1 with the updates that the critics have had, by their optimizer's own count, which a checkpoint keeps."""
    counts = [float(entry["step"]) for entry in state.critic_optimizer.state.values()]
    return min(1.0, (max(counts, default=0.0) + 1) / max(1, config.train.warmup))


@dataclasses.dataclass
class Views:
    """What the two discriminators see of a picture."""

    texture: Tensor
    surface: Tensor

    @staticmethod
    def of(x: Tensor) -> Views:
        return Views(losses.texture(x), losses.surface(x))

    def detached(self) -> Views:
        return Views(self.texture.detach(), self.surface.detach())


TAPS = tuple(FEATURE_CHANNELS)
RECONSTRUCTION_RATE = 1e-3
LARGEST_GRADIENT = 1.0
"""Norm over all parameters: critics that have just learnt something push hard, and Adam steps further for it."""


@dataclasses.dataclass(frozen=True)
class Looks:
    """How the style critics look: at the whole picture at half its resolution, and at a part of it as it is."""

    top: int
    left: int
    size: int

    @staticmethod
    def draw(crop: int) -> Looks:
        """By PyTorch's generator, which every batch seeds."""
        room = crop // 2
        top, left = torch.randint(0, room + 1, (2,)).tolist()
        return Looks(top, left, crop - room)

    def __call__(self, vgg: Vgg19, x: Tensor) -> Features:
        part = x[..., self.top : self.top + self.size, self.left : self.left + self.size]
        whole, near = vgg(reduced(x, 2), TAPS), vgg(part, tuple(NEAR_CHANNELS))
        return {f"whole_{tap}": f for tap, f in whole.items()} | {f"near_{tap}": f for tap, f in near.items()}


def generator_losses(
    state: State,
    vgg: Vgg19,
    batch: Batch,
    output: Tensor,
    views: Views,
    drawn: Features,
    wanted: Features,
    config: Config,
    regressor: Openness | None = None,
) -> dict[str, Tensor]:
    """Every loss of the network, unweighted. `drawn` and `wanted` are the features of output and targets.

    Most styles have no use for the losses of pixels and of shape, and the latter is dear: they are there where they
    weigh something. The expression's is there where its regressor is.
    """
    with torch.no_grad():
        seen = vgg(reduced(batch.photos, 4), ("3_4",))["3_4"]
    statistics = [losses.statistics(drawn[f"whole_{tap}"], wanted[f"whole_{tap}"], batch.weights) for tap in TAPS]
    tone, colour = losses.tone_and_colour(output, batch.photos)
    found = {
        "texture": losses.lsgan_generator(state.texture(views.texture)),
        "surface": losses.lsgan_generator(state.surface(views.surface)),
        "style": torch.stack([losses.logistic_generator(logits) for logits in state.features(drawn)]).mean(),
        "statistics": torch.stack(statistics).mean(),
        "content": losses.content(vgg(reduced(output, 4), ("3_4",))["3_4"], seen, config.tolerance.content),
        "tone": tone,
        "colour": colour,
        "variation": losses.variation(output),
    }
    # Where a target is believed in whole, which is the face.
    face = (batch.weights > 0.9).float()
    if config.loss.pixel > 0:
        found["pixel"] = losses.pixel(output, batch.targets, batch.weights)
    if config.loss.shape > 0:
        near = {"whole_2_2": 2, "whole_3_4": 1}
        apart = [losses.aligned_distance(drawn[name], wanted[name], face, radius) for name, radius in near.items()]
        found["shape"] = torch.stack(apart).sum()
    if regressor is not None:
        found["expression"] = expression.loss(regressor, output, batch.photos, batch.landmarks)
    return found


def critic_losses(state: State, real: Views, fake: Views, wanted: Features, drawn: Features) -> dict[str, Tensor]:
    """What each critic minimises; 1 is what one that cannot tell drawings from outputs pays."""
    pairs = zip(state.features(wanted), state.features(drawn), strict=True)
    return {
        "texture critic": losses.lsgan_discriminator(state.texture(real.texture), state.texture(fake.texture)),
        "surface critic": losses.lsgan_discriminator(state.surface(real.surface), state.surface(fake.surface)),
        "style critic": torch.stack([losses.logistic_discriminator(a, b) for a, b in pairs]).mean(),
    }


def reconstruction_step(state: State, config: Config, world: World, batches: Iterator[Batch]) -> dict[str, float]:
    """One update towards giving the photo back, before there is any style: what a network must see to draw anything."""
    for group in state.network_optimizer.param_groups:
        group["lr"] = RECONSTRUCTION_RATE
    means = Means(world)
    for batch in batches:
        with world.autocast():
            output = state.network(batch.photos).float()
        apart = F.l1_loss(output, batch.photos)
        world.backward(apart)
        means.add({"reconstruction": apart})
    world.update([state.network_optimizer], means.tensors())
    loop.follow(state.average, state.network, config.train.ema, state.step)
    state.step += 1
    return means.read()


def adversarial_batch(
    state: State, vgg: Vgg19, config: Config, world: World, batch: Batch, means: Means, regressor: Openness | None
) -> list[Tensor]:
    """Adds a batch's gradients to the network's and the critics', its losses to `means`.

    Returns the deviations of the targets' features, which `StyleDiscriminator.seen` wants after the step.
    """
    weights = dataclasses.asdict(config.loss)
    critics: tuple[nn.Module, ...] = (state.texture, state.surface, state.features)
    for critic in critics:
        critic.requires_grad_(False)
    with world.autocast():
        with torch.no_grad():
            look = Looks.draw(config.train.crop)
            wanted = look(vgg, batch.targets)
            deviations = state.features.deviations(wanted)
        if not state.critic_optimizer.state and not state.features.knows:
            state.features.seen(world.first(deviations))
        output = losses.bounded(state.network(batch.photos).float())
        views, drawn = Views.of(output), look(vgg, output)
        found = generator_losses(state, vgg, batch, output, views, drawn, wanted, config, regressor)
        total = torch.stack([weights[name] * value for name, value in found.items()]).sum()
    world.backward(total)

    for critic in critics:
        critic.requires_grad_(True)
    real, fake = Views.of(batch.exemplars), views.detached()
    with world.autocast():
        told = critic_losses(state, real, fake, wanted, {tap: f.detach() for tap, f in drawn.items()})
    world.backward(torch.stack(list(told.values())).sum())
    means.add(found | told)
    return deviations


def train_step(
    state: State,
    vgg: Vgg19,
    config: Config,
    world: World,
    batches: Iterator[Batch],
    regressor: Openness | None = None,
) -> dict[str, float]:
    """One update of the network and of the critics. Returns every loss, unweighted."""
    if state.step < config.train.reconstruction:
        return reconstruction_step(state, config, world, batches)
    rate = loop.learning_rate(config, state.step)
    for optimizer, share in ((state.critic_optimizer, 1.0), (state.network_optimizer, warmth(state, config))):
        for group in optimizer.param_groups:
            group["lr"] = rate * share
    for critic in (state.texture, state.surface, state.features):
        iterate(critic)
    means, deviations = Means(world), []
    for index, batch in enumerate(batches):
        torch.manual_seed(config.train.seed * 1_000_003 + state.step + (world.number(index) << 40))
        deviations.append(adversarial_batch(state, vgg, config, world, batch, means, regressor))
    seen = [torch.stack(found).mean(0) for found in zip(*deviations, strict=True)]
    world.update([state.network_optimizer, state.critic_optimizer], [*means.tensors(), *seen], LARGEST_GRADIENT)
    state.features.seen(seen)
    loop.follow(state.average, state.network, config.train.ema, state.step)
    state.step += 1
    return means.read()


def train(config: Config, paths: Paths, resume: bool, device: torch.device, start: pathlib.Path | None = None) -> State:
    """Trains to `config.train.steps`, with `resume` from the run's last checkpoint; `loop.run` says what it writes.
    Every process of a `torchrun` calls it, with `device` of the kind that each has one of.

    `start`: another style's checkpoint, whose averaged network is what a new run begins with instead of reconstruction.
    """
    if paths.exemplars is None:
        raise data.DataError("exemplars: a style is learnt from drawings (or with --teacher from another network)")
    if paths.weights is None:
        raise data.DataError("weights: the folder of the face networks is needed (dctnet fetch)")
    world = World(config.train, device)
    with world.leader_first():
        pictures = data.load(config, paths.photos, paths.exemplars, paths.weights, paths.cache)
    if paths.samples is not None:
        pictures = dataclasses.replace(pictures, samples=data.Samples.load(paths.samples))
    state = State.new(config, world)
    if start is not None:
        checkpoint.begin_with(start, config, state.network, state.average)
        state.step = config.train.reconstruction
    if resume:
        loop.restore(state, paths, config)
    vgg = Vgg19(paths.vgg).to(world.device, memory_format=torch.channels_last)
    regressor = openness.load().to(world.device) if config.loss.expression else None

    def step(batches: Iterator[Batch]) -> dict[str, float]:
        return train_step(state, vgg, config, world, batches, regressor)

    loop.run(state, config, paths, pictures, step, world)
    return state
