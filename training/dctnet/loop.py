"""What both ways of training share: the learning rate, the average, and the loop with its checkpoints and grids."""

from __future__ import annotations

import dataclasses
import itertools
import math
import pathlib
from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor
from tqdm import tqdm

from . import checkpoint, data, grid
from .batches import Batch, Batches, prefetched
from .config import Config
from .ground import Picture
from .ttn import Ttn
from .world import World


@dataclasses.dataclass(frozen=True)
class Paths:
    photos: list[pathlib.Path]
    exemplars: pathlib.Path | None
    """The style; a distilled network needs none."""
    vgg: pathlib.Path
    weights: pathlib.Path | None
    """The face networks (`dctnet fetch`); a distilled network needs none."""
    run: pathlib.Path
    """Checkpoints and grids go here."""
    cache: pathlib.Path
    """Packed pictures and what was found in them; runs may share it."""
    samples: pathlib.Path | None = None
    """What `dctnet ccn sample` wrote."""


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
    """VGG is the dearest part of a step: pictures are compared at half resolution, structure at a quarter."""
    return F.avg_pool2d(x.float(), factor)


def restore(state: checkpoint.Resumable, paths: Paths, config: Config) -> None:
    """Goes on from the run's last checkpoint, where there is one."""
    latest = paths.run / "checkpoint.pt"
    if latest.exists():
        checkpoint.restore(state, latest, config)


def run(
    state: checkpoint.Resumable,
    config: Config,
    paths: Paths,
    pictures: data.Pictures,
    step: Callable[[Iterator[Batch]], dict[str, float]],
    world: World,
) -> None:
    """Calls `step` until `config.train.steps`; rank 0 writes `checkpoint.pt` and `grid-STEP.png`.

    `step` uses up the batches of one step and returns its losses, which are the same in every process. Raises
    FloatingPointError when one is not finite; the last checkpoint is then still a good one.
    """
    shown: list[Picture] = grid.choose(paths.photos) if world.leads else []
    paths.run.mkdir(parents=True, exist_ok=True)
    batches = prefetched(Batches(pictures, config, state.step, world.device, world.rank, world.size))
    smooth: dict[str, float] = {}
    bar = tqdm(
        range(state.step, config.train.steps),
        initial=state.step,
        total=config.train.steps,
        unit="step",
        desc=config.style,
        mininterval=2,
        disable=not world.leads,
    )
    for _ in bar:
        found = step(itertools.islice(batches, config.train.accumulate))
        if not all(map(math.isfinite, found.values())):
            raise FloatingPointError(f"step {state.step}: a loss is not finite: {found}")
        for name, value in found.items():
            smooth[name] = 0.98 * smooth.get(name, value) + 0.02 * value
        bar.set_postfix({name: f"{value:.3f}" for name, value in smooth.items()}, refresh=False)
        if not world.leads:
            continue
        last = state.step == config.train.steps
        if last or state.step % config.train.checkpoint_every == 0:
            checkpoint.save(state, paths.run / "checkpoint.pt", config)
        if last or state.step % config.train.grid_every == 0:
            grid.save(state.average, shown, paths.run / f"grid-{state.step:06d}.png", world.device)
