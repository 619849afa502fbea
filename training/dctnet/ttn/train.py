"""Trains the texture translation network. Read top to bottom: the state, the losses, one step."""

from __future__ import annotations

import copy
import dataclasses

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .. import checkpoint, data, loop, losses
from ..config import Config
from ..loop import Paths, reduced
from ..vgg import Vgg19
from .discriminator import PatchDiscriminator
from .network import Ttn


@dataclasses.dataclass
class State:
    """Everything that a resumed run needs, and nothing else."""

    step: int
    network: Ttn
    average: Ttn
    texture: PatchDiscriminator
    surface: PatchDiscriminator
    network_optimizer: torch.optim.Adam
    critic_optimizer: torch.optim.Adam

    @staticmethod
    def new(config: Config, device: torch.device) -> State:
        torch.manual_seed(config.train.seed)
        layout = torch.channels_last
        network = Ttn(config.network.width, config.network.blocks).to(device, memory_format=layout)
        texture = PatchDiscriminator(1).to(device, memory_format=layout)
        surface = PatchDiscriminator(3).to(device, memory_format=layout)
        adam = lambda *parts: torch.optim.Adam(  # noqa: E731
            [p for part in parts for p in part.parameters()],
            config.train.learning_rate,
            (0.5, 0.99),
            fused=True,
        )
        average = copy.deepcopy(network).requires_grad_(False)
        return State(0, network, average, texture, surface, adam(network), adam(texture, surface))

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


def generator_losses(state: State, vgg: Vgg19, batch: data.Batch, output: Tensor, views: Views) -> dict[str, Tensor]:
    """Every loss of the network, unweighted. The first photos of the batch are compared with their drawings,
    the others with themselves: same structure, same colours."""
    found = {
        "texture": losses.lsgan_generator(state.texture(views.texture)),
        "surface": losses.lsgan_generator(state.surface(views.surface)),
        "variation": losses.variation(output),
    }
    pairs = batch.targets.shape[0]
    if pairs:
        taps = ("1_2", "2_2", "3_4")
        drawn = vgg(reduced(output[:pairs], 2), taps)
        with torch.no_grad():
            wanted = vgg(reduced(batch.targets, 2), taps)
        # Shading, not lines: those are the features' and the discriminators' business.
        found["pixel"] = F.l1_loss(reduced(output[:pairs], 4), reduced(batch.targets, 4))
        found["paired"] = losses.aligned_distance(drawn["2_2"], wanted["2_2"]) + losses.feature_distance(
            drawn["3_4"], wanted["3_4"]
        )
        found["statistics"] = torch.stack([losses.statistics(drawn[tap], wanted[tap]) for tap in taps]).mean()
    if pairs < len(output):
        free, photos = output[pairs:], batch.photos[pairs:]
        with torch.no_grad():
            seen = vgg(reduced(photos, 4), ("3_4",))["3_4"]
        found["content"] = losses.content(vgg(reduced(free, 4), ("3_4",))["3_4"], seen)
        found["colour"] = losses.colour(free, photos)
    return found


def train_step(state: State, vgg: Vgg19, config: Config, batch: data.Batch) -> dict[str, float]:
    """One update of the network and of both discriminators. Returns every loss, unweighted."""
    device = batch.photos.device.type
    torch.manual_seed(config.train.seed * 1_000_003 + state.step)
    rate = loop.learning_rate(config, state.step)
    for optimizer, share in ((state.critic_optimizer, 1.0), (state.network_optimizer, warmth(state, config))):
        for group in optimizer.param_groups:
            group["lr"] = rate * share
    weights = dataclasses.asdict(config.loss)
    critics: tuple[nn.Module, ...] = (state.texture, state.surface)

    for critic in critics:
        critic.requires_grad_(False)
    with torch.autocast(device, torch.bfloat16):
        output = state.network(batch.photos).float()
        views = Views.of(output)
        found = generator_losses(state, vgg, batch, output, views)
        total = torch.stack([weights[name] * value for name, value in found.items()]).sum()
    state.network_optimizer.zero_grad(set_to_none=True)
    total.backward()
    state.network_optimizer.step()

    for critic in critics:
        critic.requires_grad_(True)
    real, fake = Views.of(batch.exemplars), views.detached()
    with torch.autocast(device, torch.bfloat16):
        critic_loss = losses.lsgan_discriminator(state.texture(real.texture), state.texture(fake.texture))
        critic_loss += losses.lsgan_discriminator(state.surface(real.surface), state.surface(fake.surface))
    state.critic_optimizer.zero_grad(set_to_none=True)
    critic_loss.backward()
    state.critic_optimizer.step()

    loop.follow(state.average, state.network, config.train.ema, state.step)
    state.step += 1
    report = {name: value.item() for name, value in found.items()}
    report["critics"] = critic_loss.item()
    return report


def train(config: Config, paths: Paths, resume: bool, device: torch.device) -> State:
    """Trains to `config.train.steps`, with `resume` from the run's last checkpoint; `loop.run` says what it writes."""
    if paths.exemplars is None:
        raise data.DataError("exemplars: a style is learnt from drawings (or with --teacher from another network)")
    pictures = data.load(config, paths.photos, paths.exemplars, paths.pairs, paths.run / "cache")
    state = State.new(config, device)
    if resume:
        loop.restore(state, paths, config)
    vgg = Vgg19(paths.vgg).to(device, memory_format=torch.channels_last)
    loop.run(state, config, paths, pictures, lambda batch: train_step(state, vgg, config, batch), device)
    return state
