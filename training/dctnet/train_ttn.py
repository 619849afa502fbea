"""Trains the texture translation network. Read top to bottom: data, networks, one step, the loop."""

from __future__ import annotations

import copy
import dataclasses
import math
import pathlib

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm import tqdm

from . import checkpoint, data, grid, losses
from .config import Config
from .discriminator import PatchDiscriminator
from .ttn import Ttn
from .vgg import Vgg19


@dataclasses.dataclass(frozen=True)
class Paths:
    photos: list[pathlib.Path]
    exemplars: pathlib.Path
    pairs: pathlib.Path | None
    vgg: pathlib.Path
    run: pathlib.Path
    """Checkpoints, grids and the packed data go here."""


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


def learning_rate(config: Config, step: int) -> float:
    train = config.train
    done = max(0.0, step / train.steps - train.decay_from) / max(1e-9, 1 - train.decay_from)
    return train.learning_rate * (0.05 + 0.95 * (1 + math.cos(math.pi * min(1.0, done))) / 2)


@torch.no_grad()
def follow(average: Ttn, network: Ttn, decay: float, step: int) -> None:
    """Exponential moving average; a short memory at first, so that it does not drag the random start along."""
    decay = min(decay, (1 + step) / (10 + step))
    torch._foreach_lerp_(list(average.parameters()), list(network.parameters()), 1 - decay)


def reduced(x: Tensor, factor: int) -> Tensor:
    """VGG is the dearest part of a step: paired pictures are compared at half resolution, structure at a quarter."""
    return F.avg_pool2d(x.float(), factor)


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
        taps = ("2_2", "3_4")
        drawn = vgg(reduced(output[:pairs], 2), taps)
        with torch.no_grad():
            wanted = vgg(reduced(batch.targets, 2), taps)
        # Shading, not lines: those are the features' and the discriminators' business.
        found["pixel"] = F.l1_loss(reduced(output[:pairs], 4), reduced(batch.targets, 4))
        found["paired"] = losses.aligned_distance(drawn["2_2"], wanted["2_2"]) + losses.feature_distance(
            drawn["3_4"], wanted["3_4"]
        )
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
    for optimizer in (state.network_optimizer, state.critic_optimizer):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(config, state.step)
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

    follow(state.average, state.network, config.train.ema, state.step)
    state.step += 1
    report = {name: value.item() for name, value in found.items()}
    report["critics"] = critic_loss.item()
    if not math.isfinite(total.item() + report["critics"]):
        raise FloatingPointError(f"step {state.step}: a loss is not finite: {report}")
    return report


def train(config: Config, paths: Paths, resume: bool, device: torch.device) -> State:
    """Runs to `config.train.steps`; writes `checkpoint.pt` and `grid-STEP.png` into the run's folder."""
    pictures = data.load(config, paths.photos, paths.exemplars, paths.pairs, paths.run / "cache")
    state = State.new(config, device)
    latest = paths.run / "checkpoint.pt"
    if resume and latest.exists():
        checkpoint.restore(state, latest, config)
    vgg = Vgg19(paths.vgg).to(device, memory_format=torch.channels_last)
    shown = grid.choose(paths.photos, paths.pairs, config.hold_out)
    paths.run.mkdir(parents=True, exist_ok=True)

    batches = data.prefetched(data.Batches(pictures, config, state.step))
    smooth: dict[str, float] = {}
    bar = tqdm(batches, initial=state.step, total=config.train.steps, unit="step", desc=config.style, mininterval=2)
    for batch in bar:
        for name, value in train_step(state, vgg, config, batch.to(device)).items():
            smooth[name] = 0.98 * smooth.get(name, value) + 0.02 * value
        bar.set_postfix({name: f"{value:.3f}" for name, value in smooth.items()}, refresh=False)
        last = state.step == config.train.steps
        if last or state.step % config.train.checkpoint_every == 0:
            checkpoint.save(state, latest, config)
        if last or state.step % config.train.grid_every == 0:
            grid.save(state.average, shown, paths.run / f"grid-{state.step:06d}.png", device)
    return state
