"""Adapts G_t, a copy of G_s, to exemplars: the paper's calibration. The state, the losses, one step."""

from __future__ import annotations

import copy
import dataclasses
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .. import losses as shared
from ..checkpoint import Part
from ..ground import Picture
from . import augment, checkpoint, losses, networks, run, source
from .config import Ccn, Shape
from .data import Batch, Batches, Pictures
from .networks import Code, Network, Synthesis
from .run import Frozen
from .source import Scalar
from .stylegan2 import Generator


@dataclasses.dataclass
class State:
    """Everything that a resumed run needs but for G_s, which does not change."""

    step: int
    network: Synthesis
    average: Synthesis
    critics: networks.Critics
    network_optimizer: torch.optim.Adam
    critics_optimizer: torch.optim.Adam
    adaptive: augment.Adaptive
    path: Scalar

    @staticmethod
    def new(
        settings: Ccn, shape: Shape, prior: Network, critics: dict[str, Tensor] | None, device: torch.device
    ) -> State:
        """`critics` warm-start D_t with what D_s knows of faces, as the paper's D does."""
        torch.manual_seed(settings.seed)
        rate, lazy = settings.adapt.learning_rate, settings.regularisers
        network = copy.deepcopy(networks.synthesis(prior)).train().requires_grad_(True)
        for name, parameter in network.named_parameters():
            parameter.requires_grad_(not networks.is_coarse(name, settings.adapt.frozen))
        judges = networks.Critics(settings, shape)
        if critics is not None:
            judges.load_state_dict(critics)
        judges = judges.to(device)
        return State(
            0,
            network,
            copy.deepcopy(network).requires_grad_(False),
            judges,
            run.adam(network, rate, lazy.path_every if settings.variant == "latent" else 0),
            run.adam(judges, rate, lazy.r1_every),
            augment.Adaptive(settings.adapt.augmentation),
            Scalar(torch.zeros((), device=device)),
        )

    def parts(self) -> dict[str, Part]:
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name != "step"}


@torch.no_grad()
def draw_code(prior: Network, photos: Tensor, mixing: float) -> Code:
    """What both generators will draw: random styles (latent) or the photos' own code (photo).

    Styles are G_s's, as they are after the blend; G_t's own mapping network is never used.
    """
    if isinstance(prior, Generator):
        return networks.latent_code(prior, len(photos), mixing)
    return prior.encoder(photos)


def binding(settings: Ccn, frozen: Frozen, drawn: Tensor, content: Tensor) -> dict[str, Tensor]:
    """What holds G_t's picture to G_s's: who it is, and with photos also where its lines and colours lie."""
    assert frozen.faces is not None
    found = {"identity": losses.identity(frozen.faces, drawn, content)}
    if settings.variant == "photo":
        assert frozen.vgg is not None
        with torch.no_grad():
            wanted = frozen.vgg(F.avg_pool2d(content, 4), ("3_4",))["3_4"]
        seen = frozen.vgg(F.avg_pool2d(drawn, 4), ("3_4",))["3_4"]
        found["structure"] = shared.content(seen, wanted)
        found["tone"], found["colour"] = shared.tone_and_colour(drawn, content, max(1, drawn.shape[-1] // 16))
    return found


def train_step(state: State, prior: Network, frozen: Frozen, settings: Ccn, batch: Batch) -> dict[str, float]:
    """One update of G_t and of D_t. Returns every loss, unweighted."""
    where = batch.photos.device
    run.seeded(settings, state.step)
    adapt, network = settings.adapt, state.network
    noise = networks.draw_noise(network, len(batch.photos), where)
    with torch.autocast(where.type, torch.bfloat16):
        code = draw_code(prior, batch.photos, adapt.mixing)
        with torch.no_grad():
            content = networks.synthesis(prior)(*code, noise=noise)
        drawn = network(*code, noise=noise)
        found = binding(settings, frozen, drawn, content)
        found["adversarial"] = source.adversarial(state.critics, state.adaptive, drawn)
        weights = dataclasses.asdict(adapt.loss)
        total = torch.stack([weights[name] * value for name, value in found.items()]).sum()
    state.network_optimizer.zero_grad(set_to_none=True)
    total.backward()
    state.network_optimizer.step()
    report = {name: value.item() for name, value in found.items()}
    report |= source.critics_step(
        state.critics, state.critics_optimizer, state.adaptive, settings, batch.exemplars, drawn.detach(), state.step
    )
    lazy = settings.regularisers
    if isinstance(network, Generator) and lazy.path and state.step % lazy.path_every == 0:
        styles = code[0].detach().clone().requires_grad_()
        report["path"] = source.path_step(network, state.network_optimizer, state.path, styles, settings)
    run.follow(state.average, network, adapt.ema, state.step)
    state.step += 1
    return report


def train(
    settings: Ccn,
    prior_path: pathlib.Path,
    pictures: Pictures,
    frozen: Frozen,
    folder: pathlib.Path,
    resume: bool,
    device: torch.device,
) -> State:
    """Trains to `adapt.steps`, with `resume` from the run's last checkpoint. The variant is the source's."""
    variant, shape, prior, critics = checkpoint.load_source(prior_path)
    settings = dataclasses.replace(settings, variant=variant)
    prior = prior.to(device)
    state = State.new(settings, shape, prior, critics, device)
    latest = folder / "checkpoint.pt"
    if resume and latest.exists():
        checkpoint.restore(state, latest, checkpoint.TARGET, variant, shape)
    adapt = settings.adapt
    batches = Batches(pictures, adapt.batch, adapt.grounds, settings.seed, state.step, adapt.steps)
    shown = list(pictures.shown)

    @torch.no_grad()
    def grid() -> list[list[Picture]]:
        """Photos (photo variant), what G_s draws, what G_t draws, and eight exemplars."""
        torch.manual_seed(0)
        code = draw_code(prior, run.to_batch(shown, device), 0.0)
        noise = networks.draw_noise(state.average, 1, device, seed=0)
        with torch.autocast(device.type, torch.bfloat16):
            pairs = [
                run.to_pictures(network(*code, noise=noise)) for network in (networks.synthesis(prior), state.average)
            ]
        rng = np.random.default_rng(0)
        drawn = [batches.exemplar(rng) for _ in range(8)]
        return [*([shown] if variant == "photo" else []), *pairs, drawn]

    run.run(
        state,
        settings,
        checkpoint.TARGET,
        shape,
        batches,
        folder,
        lambda batch: train_step(state, prior, frozen, settings, batch),
        grid,
        device,
    )
    return state
