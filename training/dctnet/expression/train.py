"""Trains the regressor on what landmarks say of photos and drawings, and tells how far it agrees with them."""

from __future__ import annotations

import dataclasses
import math
import pathlib
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from tqdm import trange

from .. import data as pictures
from ..faces import locate
from . import data
from .network import OUTPUTS, Openness

BATCH, LEARNING_RATE, DECAY = 64, 2e-3, 0.995
SEED = 1


@dataclasses.dataclass(frozen=True)
class Agreement:
    """Of the held-out tenth, with the landmarks."""

    what: str
    count: int
    correlation: tuple[float, ...]
    """Of each of `OUTPUTS`."""
    explained: tuple[float, ...]
    """R²: 1 - mean squared error over variance."""

    def __str__(self) -> str:
        figures = ", ".join(
            f"{name} r {r:.3f} R² {e:.3f}" for name, r, e in zip(OUTPUTS, self.correlation, self.explained, strict=True)
        )
        return f"{self.what} ({self.count}): {figures}"


def _tensor(crops: np.ndarray) -> Tensor:
    return torch.from_numpy(crops).permute(0, 3, 1, 2).float() / 127.5 - 1


@torch.no_grad()
def agreement(what: str, network: Openness, crops: Tensor, openness: Tensor) -> Agreement:
    """Of crops [N, 3, 112, 112] with their openness [N, 3]."""
    answers = torch.cat([network(part) for part in crops.split(64)]).numpy()
    truth = openness.numpy()
    correlation = [float(np.corrcoef(answers[:, i], truth[:, i])[0, 1]) for i in range(3)]
    explained = 1 - ((answers - truth) ** 2).mean(0) / truth.var(0).clip(1e-9)
    return Agreement(what, len(truth), tuple(correlation), tuple(float(v) for v in explained))


def load_faces(folders: list[pathlib.Path], weights: pathlib.Path, run: pathlib.Path) -> data.Faces:
    """The faces below the folders; `run` keeps their landmarks."""
    paths = pictures.pictures(folders, "expression")
    return data.collect(folders, locate.locate_all(paths, run / "faces.npz", locate.Locator(weights)))


def fit(faces: data.Faces, steps: int, minutes: float) -> tuple[Openness, int]:
    """Trains for `steps`, or `minutes` of processor time if they end first: the averaged network, and its steps."""
    torch.manual_seed(SEED)
    rng = torch.Generator().manual_seed(SEED)
    training = ~faces.held_out
    crops, openness = faces.crops[training], torch.from_numpy(faces.openness[training])
    network = Openness()
    network.mean.copy_(openness.mean(0))
    network.deviation.copy_(openness.std(0))
    standard = (openness - network.mean) / network.deviation
    # Most eyes are open and most mouths closed: what is rare counts more, up to tenfold.
    share = 1 + standard.square().amax(1).clamp(max=9)
    average = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(DECAY), use_buffers=False
    )
    optimizer = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=0.02)
    begun, done = time.process_time(), 0
    for step in (bar := trange(steps, desc="expression", unit="step")):
        # Along a half cosine of whatever ends first, the steps or the time.
        progress = max(step / steps, (time.process_time() - begun) / (60 * minutes))
        if progress >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = (
                LEARNING_RATE * min(1, (step + 1) / 100) * (0.02 + 0.98 * (1 + math.cos(math.pi * progress)) / 2)
            )
        index = torch.multinomial(share, BATCH, replacement=True, generator=rng)
        x, wanted = data.augmented(_tensor(crops[index.numpy()]), standard[index], rng)
        loss = F.smooth_l1_loss(network.standard(x), wanted)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        average.update_parameters(network)
        done = step + 1
        if step % 50 == 0:
            bar.set_postfix(loss=f"{float(loss.detach()):.3f}")
    return average.module.eval(), done


def agreements(network: Openness, faces: data.Faces, folders: list[pathlib.Path]) -> list[Agreement]:
    """On the held-out tenth: of all folders as they are, as augmented, and of each folder with 10 faces or more."""
    network = network.eval()
    held = np.flatnonzero(faces.held_out)
    crops, openness = _tensor(faces.crops[held]), torch.from_numpy(faces.openness[held])
    rng = torch.Generator().manual_seed(SEED)
    plain = data.centred(crops)
    found = [
        agreement("held out", network, plain, openness),
        agreement("held out, augmented", network, *data.augmented(crops, openness, rng)),
    ]
    for number, folder in enumerate(folders):
        here = torch.from_numpy(faces.folder[held] == number)
        if here.sum() >= 10:
            found.append(agreement(folder.name, network, plain[here], openness[here]))
    return found
