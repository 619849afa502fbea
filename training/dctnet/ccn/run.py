"""What both trainings share: the optimizers, the loop with its checkpoints and grids."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import math
import pathlib
from collections.abc import Callable, Iterator

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from tqdm import tqdm

from .. import data, loop
from ..ground import Picture
from . import checkpoint
from .checkpoint import State
from .config import Ccn, Shape
from .data import Batch, Batches


@dataclasses.dataclass(frozen=True)
class Frozen:
    """The networks that judge; None where the variant needs none."""

    vgg: nn.Module | None
    faces: nn.Module | None


def adam(module: nn.Module, rate: float, every: int = 0) -> torch.optim.Adam:
    """Adam (0, 0.99). With a lazy regulariser every k steps, an update in k+1 is its own: the settings are scaled so
    that k steps with one change as much as k+1 without (StyleGAN2, appendix B)."""
    share = every / (every + 1) if every else 1.0
    parameters = [p for p in module.parameters() if p.requires_grad]
    return torch.optim.Adam(parameters, rate * share, (0.0, 0.99**share), fused=True)


def seeded(settings: Ccn, step: int) -> None:
    """Whatever a step draws is a function of (seed, step), so that a resumed run goes on as an unbroken one."""
    torch.manual_seed(settings.seed * 1_000_003 + step)


def follow(average: nn.Module, network: nn.Module, decay: float, step: int) -> None:
    loop.follow(average, network, decay, step)


def _prefetched(batches: Batches) -> Iterator[Batch]:
    """The next batch is made while a step runs."""
    with concurrent.futures.ThreadPoolExecutor(1) as maker:
        waiting = maker.submit(batches.__getitem__, 0) if len(batches) else None
        for index in range(len(batches)):
            assert waiting is not None
            batch = waiting.result()
            waiting = maker.submit(batches.__getitem__, index + 1) if index + 1 < len(batches) else None
            yield batch


def run(
    state: State,
    settings: Ccn,
    kind: str,
    shape: Shape,
    batches: Batches,
    folder: pathlib.Path,
    step: Callable[[Batch], dict[str, float]],
    grid: Callable[[], list[list[Picture]]],
    device: torch.device,
) -> None:
    """Calls `step`, which returns its losses, for every batch; writes `checkpoint.pt` and `grid-STEP.png`.

    Raises FloatingPointError when a loss is not finite; the last checkpoint is then still a good one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    smooth: dict[str, float] = {}
    bar = tqdm(_prefetched(batches), initial=state.step, total=batches.steps, unit="step", desc=kind, mininterval=5)
    for batch in bar:
        found = step(batch.to(device))
        if not all(map(math.isfinite, found.values())):
            raise FloatingPointError(f"step {state.step}: a loss is not finite: {found}")
        for name, value in found.items():
            smooth[name] = 0.98 * smooth.get(name, value) + 0.02 * value
        bar.set_postfix({name: f"{value:.3f}" for name, value in smooth.items()}, refresh=False)
        last = state.step == batches.steps
        if last or state.step % settings.checkpoint_every == 0:
            checkpoint.save(state, folder / "checkpoint.pt", kind, settings.variant, shape)
        if last or state.step % settings.grid_every == 0:
            save_grid(grid(), folder / f"grid-{state.step:06d}.png")


def to_pictures(x: Tensor) -> list[Picture]:
    """[N, 3, H, W] in -1 … 1 → N pictures [H, W, 3]."""
    values = ((x.float() + 1) * 127.5).round().clamp(0, 255).byte()
    return list(values.permute(0, 2, 3, 1).cpu().numpy())


def save_grid(rows: list[list[Picture]], path: pathlib.Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate([np.concatenate(row, 1) for row in rows])).save(path)


def to_batch(pictures: list[Picture], device: torch.device) -> Tensor:
    """N pictures → [N, 3, H, W] in -1 … 1."""
    return torch.stack([data.to_tensor(p) for p in pictures]).to(device, memory_format=torch.channels_last)
