"""Compares adapted networks, of either variant, on exemplars and photos that none of them saw."""

from __future__ import annotations

import dataclasses
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from ..evaluation import gap
from ..ground import Picture
from . import losses, sample
from .config import Sample
from .data import Locate
from .networks import Network, Synthesis
from .run import save_grid, to_batch

TAPS = ("1_2", "2_2", "3_4")


@dataclasses.dataclass(frozen=True)
class Figures:
    """Style and content together: each alone is easily had by giving up the other."""

    style_gap: float
    """Kernel distance (KID) of the targets' feature statistics from held-out exemplars', over the sources' own
    distance: 1 = no style, 0 = the artist's."""
    identity: float
    """Median cosine between the embeddings of source and target."""
    same_person: float
    """Share of the targets whose nearest source, among all, is their own."""
    drift: float
    """Median landmark error over the distance of the eyes, of the pairs where both faces are found."""
    found: float
    """Share of the pairs where both faces are found."""
    kept: float
    """Share of the pairs that `ccn sample` would keep."""


@torch.no_grad()
def statistics(vgg: nn.Module, pictures: list[Picture], device: torch.device) -> Tensor:
    """[N, D]: mean and deviation of VGG19's activations inside the face crop, which leaves the ground out."""
    rows = []
    for picture in pictures:
        features = vgg(losses.face(to_batch([picture], device)), TAPS)
        moments = [torch.cat((f.mean((2, 3)), f.std((2, 3))), 1) for f in features.values()]
        rows.append(torch.cat(moments, 1)[0].cpu())
    return torch.stack(rows)


@torch.no_grad()
def embeddings(embed: nn.Module, pictures: list[Picture], device: torch.device) -> Tensor:
    return torch.cat([losses.embedding(embed, to_batch([picture], device)).cpu() for picture in pictures])


def measure(
    prior: Network,
    target: Synthesis,
    photos: NDArray[np.uint8],
    held: NDArray[np.uint8],
    seen: NDArray[np.uint8],
    count: int,
    settings: Sample,
    vgg: nn.Module,
    embed: nn.Module,
    locate: Locate,
    device: torch.device,
    sheet: pathlib.Path,
) -> Figures:
    """`photos` [N, S, S, 3] and `held` exemplars [H, S, S, 3] are unseen; `seen` exemplars set the scale."""
    drawn = list(sample.pairs(prior, target, photos, count, settings, locate, embed, device))
    sources, targets = [pair.source for pair in drawn], [pair.target for pair in drawn]
    style = gap.StyleGap(statistics(vgg, list(seen), device), statistics(vgg, list(held), device))
    far = style.distance(style.spread(statistics(vgg, sources, device)))
    near = style.distance(style.spread(statistics(vgg, targets, device)))
    a, b = embeddings(embed, sources, device), embeddings(embed, targets, device)
    alike = F.cosine_similarity(b[:, None], a[None], -1)
    drifts = [pair.drift for pair in drawn if pair.landmarks is not None]
    save_grid(sample.sheet(drawn), sheet)
    return Figures(
        near / far,
        float(alike.diagonal().median()),
        float((alike.argmax(1) == torch.arange(len(alike))).float().mean()),
        float(np.median(drifts)) if drifts else float("nan"),
        len(drifts) / len(drawn),
        sum(sample.fault(pair, settings) is None for pair in drawn) / len(drawn),
    )
