"""Trains the texture translation network. Read top to bottom: the state, the losses, one step."""

from __future__ import annotations

import copy
import dataclasses
import pathlib

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .. import checkpoint, data, loop, losses
from ..batches import Batch
from ..config import Config
from ..loop import Paths, reduced
from ..vgg import Vgg19
from .discriminator import FEATURE_CHANNELS, NEAR_CHANNELS, PatchDiscriminator, StyleDiscriminator
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

    @staticmethod
    def new(config: Config, device: torch.device) -> State:
        torch.manual_seed(config.train.seed)
        layout = torch.channels_last
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
        return State(0, network, average, texture, surface, features, adam(network), adam(texture, surface, features))

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
        """By PyTorch's generator, which every step seeds."""
        room = crop // 2
        top, left = torch.randint(0, room + 1, (2,)).tolist()
        return Looks(top, left, crop - room)

    def __call__(self, vgg: Vgg19, x: Tensor) -> Features:
        part = x[..., self.top : self.top + self.size, self.left : self.left + self.size]
        whole, near = vgg(reduced(x, 2), TAPS), vgg(part, tuple(NEAR_CHANNELS))
        return {f"whole_{tap}": f for tap, f in whole.items()} | {f"near_{tap}": f for tap, f in near.items()}


def generator_losses(
    state: State, vgg: Vgg19, batch: Batch, output: Tensor, views: Views, drawn: Features, wanted: Features
) -> dict[str, Tensor]:
    """Every loss of the network, unweighted. `drawn` and `wanted` are the features of output and targets."""
    with torch.no_grad():
        seen = vgg(reduced(batch.photos, 4), ("3_4",))["3_4"]
    statistics = [
        losses.statistics(drawn[f"whole_{tap}"], wanted[f"whole_{tap}"], batch.weights, tiles)
        for tap in TAPS
        for tiles in (1, 4, 8)
    ]
    tone, colour = losses.tone_and_colour(output, batch.photos)
    return {
        "texture": losses.lsgan_generator(state.texture(views.texture)),
        "surface": losses.lsgan_generator(state.surface(views.surface)),
        "style": torch.stack([losses.logistic_generator(logits) for logits in state.features(drawn)]).mean(),
        "statistics": torch.stack(statistics).mean(),
        "content": losses.content(vgg(reduced(output, 4), ("3_4",))["3_4"], seen),
        "tone": tone,
        "colour": colour,
        "variation": losses.variation(output),
    }


def critic_losses(state: State, real: Views, fake: Views, wanted: Features, drawn: Features) -> dict[str, Tensor]:
    """What each critic minimises; 1 is what one that cannot tell drawings from outputs pays."""
    state.features.seen(wanted)
    pairs = zip(state.features(wanted), state.features(drawn), strict=True)
    return {
        "texture critic": losses.lsgan_discriminator(state.texture(real.texture), state.texture(fake.texture)),
        "surface critic": losses.lsgan_discriminator(state.surface(real.surface), state.surface(fake.surface)),
        "style critic": torch.stack([losses.logistic_discriminator(a, b) for a, b in pairs]).mean(),
    }


def reconstruction_step(state: State, config: Config, batch: Batch) -> dict[str, float]:
    """One update towards giving the photo back, before there is any style: what a network must see to draw anything."""
    for group in state.network_optimizer.param_groups:
        group["lr"] = RECONSTRUCTION_RATE
    with torch.autocast(batch.photos.device.type, torch.bfloat16):
        output = state.network(batch.photos).float()
    apart = F.l1_loss(output, batch.photos)
    state.network_optimizer.zero_grad(set_to_none=True)
    apart.backward()
    state.network_optimizer.step()
    loop.follow(state.average, state.network, config.train.ema, state.step)
    state.step += 1
    return {"reconstruction": apart.item()}


def train_step(state: State, vgg: Vgg19, config: Config, batch: Batch) -> dict[str, float]:
    """One update of the network and of the critics. Returns every loss, unweighted."""
    if state.step < config.train.reconstruction:
        return reconstruction_step(state, config, batch)
    device = batch.photos.device.type
    torch.manual_seed(config.train.seed * 1_000_003 + state.step)
    rate = loop.learning_rate(config, state.step)
    for optimizer, share in ((state.critic_optimizer, 1.0), (state.network_optimizer, warmth(state, config))):
        for group in optimizer.param_groups:
            group["lr"] = rate * share
    weights = dataclasses.asdict(config.loss)
    critics: tuple[nn.Module, ...] = (state.texture, state.surface, state.features)

    for critic in critics:
        critic.requires_grad_(False)
    with torch.autocast(device, torch.bfloat16):
        with torch.no_grad():
            look = Looks.draw(config.train.crop)
            wanted = look(vgg, batch.targets)
            if state.step == config.train.reconstruction:
                state.features.seen(wanted)
        output = losses.bounded(state.network(batch.photos).float())
        views, drawn = Views.of(output), look(vgg, output)
        found = generator_losses(state, vgg, batch, output, views, drawn, wanted)
        total = torch.stack([weights[name] * value for name, value in found.items()]).sum()
    state.network_optimizer.zero_grad(set_to_none=True)
    total.backward()
    nn.utils.clip_grad_norm_(state.network.parameters(), LARGEST_GRADIENT)
    state.network_optimizer.step()

    for critic in critics:
        critic.requires_grad_(True)
    real, fake = Views.of(batch.exemplars), views.detached()
    with torch.autocast(device, torch.bfloat16):
        told = critic_losses(state, real, fake, wanted, {tap: f.detach() for tap, f in drawn.items()})
    state.critic_optimizer.zero_grad(set_to_none=True)
    torch.stack(list(told.values())).sum().backward()
    state.critic_optimizer.step()

    loop.follow(state.average, state.network, config.train.ema, state.step)
    state.step += 1
    return {name: value.item() for name, value in (found | told).items()}


def train(config: Config, paths: Paths, resume: bool, device: torch.device, start: pathlib.Path | None = None) -> State:
    """Trains to `config.train.steps`, with `resume` from the run's last checkpoint; `loop.run` says what it writes.

    `start`: another style's checkpoint, whose averaged network is what a new run begins with, at step 0.
    """
    if paths.exemplars is None:
        raise data.DataError("exemplars: a style is learnt from drawings (or with --teacher from another network)")
    if paths.weights is None:
        raise data.DataError("weights: the folder of the face networks is needed (dctnet fetch)")
    pictures = data.load(config, paths.photos, paths.exemplars, paths.weights, paths.cache)
    state = State.new(config, device)
    if start is not None:
        checkpoint.begin_with(start, config, state.network, state.average)
        state.step = config.train.reconstruction
    if resume:
        loop.restore(state, paths, config)
    vgg = Vgg19(paths.vgg).to(device, memory_format=torch.channels_last)
    loop.run(state, config, paths, pictures, lambda batch: train_step(state, vgg, config, batch), device)
    return state
