"""Trains G_s on aligned photos: StyleGAN2 (latent) or the autoencoder (photo). The state, the losses, one step."""

from __future__ import annotations

import copy
import dataclasses
import pathlib

import torch
import torch.nn.functional as F
from torch import Tensor

from .. import losses as shared
from ..checkpoint import Part
from ..ground import Picture
from . import augment, checkpoint, losses, networks, run
from .config import Ccn
from .data import Batch, Batches, Pictures
from .run import Frozen
from .stylegan2 import Generator

TAPS = ("1_2", "2_2", "3_1")


@dataclasses.dataclass
class Scalar:
    """A running mean that checkpoints keep."""

    value: Tensor

    def state_dict(self) -> dict[str, Tensor]:
        return {"value": self.value}

    def load_state_dict(self, state: dict[str, Tensor], /) -> None:
        self.value = state["value"].to(self.value.device)


@dataclasses.dataclass
class State:
    """Everything that a resumed run needs, and nothing else."""

    step: int
    network: networks.Network
    average: networks.Network
    critics: networks.Critics
    network_optimizer: torch.optim.Adam
    critics_optimizer: torch.optim.Adam
    adaptive: augment.Adaptive
    path: Scalar

    @staticmethod
    def new(settings: Ccn, device: torch.device) -> State:
        torch.manual_seed(settings.seed)
        rate, lazy = settings.source.learning_rate, settings.regularisers
        network = networks.new(settings.variant, settings.shape).to(device)
        critics = networks.Critics(settings, settings.shape).to(device)
        return State(
            0,
            network,
            copy.deepcopy(network).requires_grad_(False),
            critics,
            run.adam(network, rate, lazy.path_every if settings.variant == "latent" else 0),
            run.adam(critics, rate, lazy.r1_every),
            augment.Adaptive(settings.source.augmentation),
            Scalar(torch.zeros((), device=device)),
        )

    def parts(self) -> dict[str, Part]:
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name != "step"}


def reconstruction(frozen: Frozen, drawn: Tensor, photos: Tensor) -> dict[str, Tensor]:
    """How far the autoencoder's picture is from its photo."""
    assert frozen.vgg is not None and frozen.faces is not None
    seen = frozen.vgg(F.avg_pool2d(drawn, 2), TAPS)
    with torch.no_grad():
        wanted = frozen.vgg(F.avg_pool2d(photos, 2), TAPS)
    return {
        "pixel": F.l1_loss(drawn, photos),
        "features": torch.stack([shared.feature_distance(seen[tap], wanted[tap]) for tap in TAPS]).mean(),
        "identity": losses.identity(frozen.faces, drawn, photos),
    }


def adversarial(critics: networks.Critics, adaptive: augment.Adaptive, drawn: Tensor) -> Tensor:
    """The generator's side, averaged over the critics; D sees what is drawn through the same augmentation."""
    critics.requires_grad_(False)
    logits = critics(adaptive.apply(drawn))
    critics.requires_grad_(True)
    return torch.stack([losses.logistic_generator(each) for each in logits]).mean()


def critics_step(
    critics: networks.Critics,
    optimizer: torch.optim.Adam,
    adaptive: augment.Adaptive,
    settings: Ccn,
    real: Tensor,
    fake: Tensor,
    step: int,
) -> dict[str, float]:
    """One update of D, and every so often one by R1, in full precision: it is a gradient's gradient."""
    device = real.device.type
    with torch.autocast(device, torch.bfloat16):
        # Both in one batch would let minibatch deviation compare real with fake.
        seen = critics(adaptive.apply(real))
        drawn = critics(adaptive.apply(fake))
        pairs = list(zip(seen, drawn, strict=True))
        loss = torch.stack([losses.logistic_discriminator(a, b) for a, b in pairs]).mean()
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    adaptive.follow(seen[0])
    report = {"critics": loss.item(), "augment": adaptive.probability, "sign": adaptive.sign}
    lazy = settings.regularisers
    if lazy.r1 and step % lazy.r1_every == 0:
        shown = critics.seen(adaptive.apply(real)).detach().requires_grad_()
        penalty = losses.r1(shown, critics.whole(shown))
        optimizer.zero_grad(set_to_none=True)
        (lazy.r1 / 2 * lazy.r1_every * penalty).backward()
        # The patch critic is spectrally normalised and has no gradient here: Adam leaves it as it is.
        optimizer.step()
        report["r1"] = penalty.item()
    return report


def path_step(
    network: networks.Synthesis, optimizer: torch.optim.Adam, path: Scalar, code: Tensor, settings: Ccn
) -> float:
    """One update by path length, of half a batch: it is as dear as R1."""
    lazy = settings.regularisers
    styles = code[: max(1, len(code) // 2)]
    lengths = losses.path_lengths(network(styles), styles)
    penalty, path.value = losses.path_penalty(lengths, path.value)
    optimizer.zero_grad(set_to_none=True)
    (lazy.path * lazy.path_every * penalty).backward()
    optimizer.step()
    return penalty.item()


def train_step(state: State, frozen: Frozen, settings: Ccn, batch: Batch) -> dict[str, float]:
    """One update of G_s and of D_s. Returns every loss, unweighted."""
    device = batch.photos.device.type
    run.seeded(settings, state.step)
    source, network = settings.source, state.network
    with torch.autocast(device, torch.bfloat16):
        if isinstance(network, Generator):
            drawn = network(*networks.latent_code(network, len(batch.photos), source.mixing))
            found = {}
        else:
            drawn = network(batch.photos)
            found = reconstruction(frozen, drawn, batch.photos)
        found["adversarial"] = adversarial(state.critics, state.adaptive, drawn)
        weights = dataclasses.asdict(source.loss)
        total = torch.stack([weights[name] * value for name, value in found.items()]).sum()
    state.network_optimizer.zero_grad(set_to_none=True)
    total.backward()
    state.network_optimizer.step()
    report = {name: value.item() for name, value in found.items()}
    report |= critics_step(
        state.critics, state.critics_optimizer, state.adaptive, settings, batch.photos, drawn.detach(), state.step
    )
    lazy = settings.regularisers
    if isinstance(network, Generator) and lazy.path and state.step % lazy.path_every == 0:
        (code,) = networks.latent_code(network, len(batch.photos), source.mixing)
        report["path"] = path_step(network, state.network_optimizer, state.path, code, settings)
    run.follow(state.average, network, source.ema, state.step)
    state.step += 1
    return report


def train(
    settings: Ccn, pictures: Pictures, frozen: Frozen, folder: pathlib.Path, resume: bool, device: torch.device
) -> State:
    """Trains to `source.steps`, with `resume` from the run's last checkpoint."""
    state = State.new(settings, device)
    latest = folder / "checkpoint.pt"
    if resume and latest.exists():
        checkpoint.restore(state, latest, checkpoint.SOURCE, settings.variant, settings.shape)
    source = settings.source
    batches = Batches(pictures, source.batch, 0.0, settings.seed, state.step, source.steps)
    shown = list(pictures.shown)

    @torch.no_grad()
    def grid() -> list[list[Picture]]:
        average = state.average
        fixed = networks.draw_noise(networks.synthesis(average), 1, device, seed=0)
        with torch.autocast(device.type, torch.bfloat16):
            if isinstance(average, Generator):
                z = torch.randn(16, average.shape.style, generator=torch.Generator().manual_seed(0)).to(device)
                drawn = run.to_pictures(average(average.styles(z), fixed))
                return [drawn[:8], drawn[8:]]
            return [shown, run.to_pictures(average(run.to_batch(shown, device), fixed))]

    run.run(
        state,
        settings,
        checkpoint.SOURCE,
        settings.shape,
        batches,
        folder,
        lambda batch: train_step(state, frozen, settings, batch),
        grid,
        device,
    )
    return state
