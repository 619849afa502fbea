"""Draws calibrated pairs: what G_s draws, or a photo, and what G_t makes of the same code; bad ones are dropped."""

from __future__ import annotations

import collections
import dataclasses
import json
import pathlib
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from tqdm import tqdm

from ..data import DataError
from ..ground import Picture
from . import align, losses, networks, run
from .config import Sample
from .data import Locate, Points
from .networks import Code, Network, Synthesis
from .stylegan2 import Generator

BATCH = 8
SHEET_COLUMNS, SHEET_ROWS = 12, 4


@dataclasses.dataclass(frozen=True)
class Pair:
    source: Picture
    """[size, size, 3] the photo, or what G_s draws."""
    target: Picture
    """[size, size, 3] what the blended G_t draws."""
    landmarks: Points | None
    """[68, 2] of the source; None where no face was found in one of the two."""
    drift: float
    similarity: float


def _codes(
    prior: Network, photos: NDArray[np.uint8], count: int, settings: Sample, seed: int, device: torch.device
) -> Iterator[tuple[Code, list[Picture]]]:
    """Batches of codes, and with the photo variant the photos they are of: each photo once, `count` at most."""
    if not isinstance(prior, Generator):
        for start in range(0, min(count, len(photos)), BATCH):
            some = list(photos[start : min(start + BATCH, count)])
            yield prior.encoder(run.to_batch(some, device)), some
        return
    torch.manual_seed(seed)
    centre = prior.mean_style()
    for start in range(0, count, BATCH):
        z = torch.randn(min(BATCH, count - start), prior.shape.style).to(device)
        yield (centre + settings.truncation * (prior.styles(z) - centre),), []


@torch.no_grad()
def pairs(
    prior: Network,
    target: Synthesis,
    photos: NDArray[np.uint8],
    count: int,
    settings: Sample,
    locate: Locate,
    embed: nn.Module,
    device: torch.device,
    seed: int = 0,
) -> Iterator[Pair]:
    """Every pair that is drawn, good or bad. `photos` are used by the photo variant alone."""
    source = networks.synthesis(prior)
    blended = networks.blend(source, target, settings.blend)
    noise = networks.draw_noise(source, 1, device, seed)
    for code, shown in _codes(prior, photos, count, settings, seed, device):
        drawn = blended(*code, noise=noise).clamp(-1, 1)
        content = run.to_batch(shown, device) if shown else source(*code, noise=noise).clamp(-1, 1)
        similar = losses.similarity(embed, drawn, content).tolist()
        for before, after, alike in zip(run.to_pictures(content), run.to_pictures(drawn), similar, strict=True):
            there, here = locate(before), locate(after)
            found = there is not None and here is not None
            drift = align.drift(there, here) if there is not None and here is not None else float("inf")
            yield Pair(before, after, there if found else None, drift, alike)


def fault(pair: Pair, settings: Sample) -> str | None:
    """Why a pair is dropped; None for a good one."""
    if pair.landmarks is None:
        return "no face"
    if pair.drift > settings.drift:
        return "drift"
    return "identity" if pair.similarity < settings.identity else None


def write(found: Iterator[Pair], settings: Sample, folder: pathlib.Path, total: int) -> dict[str, int]:
    """Writes the good pairs into `folder` and returns how many were kept and dropped, by reason.

    `sources.npy` and `targets.npy` [N, size, size, 3] uint8, `landmarks.npy` [N, 68, 2] float32 of the sources in
    pixels, `samples.json` with the counts, `sheet.png` with sources above targets. Raises DataError when none is good.
    """
    counts: collections.Counter[str] = collections.Counter()
    kept: list[Pair] = []
    for pair in tqdm(found, total=total, desc="sampling", unit="pair"):
        why = fault(pair, settings)
        counts[why or "kept"] += 1
        if why is None:
            kept.append(pair)
    if not kept:
        raise DataError(f"samples: all {sum(counts.values())} pairs were dropped: {dict(counts)}")
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "sources.npy", np.stack([pair.source for pair in kept]))
    np.save(folder / "targets.npy", np.stack([pair.target for pair in kept]))
    np.save(folder / "landmarks.npy", np.stack([pair.landmarks for pair in kept]).astype(np.float32))
    report = dict(counts) | {
        "drift_median": float(np.median([pair.drift for pair in kept])),
        "similarity_median": float(np.median([pair.similarity for pair in kept])),
    }
    (folder / "samples.json").write_text(json.dumps(report, indent=2) + "\n")
    run.save_grid(sheet(kept), folder / "sheet.png")
    return dict(counts)


def sheet(kept: list[Pair]) -> list[list[Picture]]:
    """Rows of sources, each above its row of targets; up to 48 pairs, spread over all."""
    columns = min(SHEET_COLUMNS, len(kept))
    rows = min(SHEET_ROWS, len(kept) // columns)
    chosen = [kept[i] for i in np.linspace(0, len(kept) - 1, rows * columns).astype(int)]
    lines = []
    for start in range(0, rows * columns, columns):
        some = chosen[start : start + columns]
        lines += [[pair.source for pair in some], [pair.target for pair in some]]
    return lines
