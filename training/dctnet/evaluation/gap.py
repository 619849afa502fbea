"""How far pictures are from a style: the kernel distance of KID between feature statistics, as a share of photos' own.

A network is measured against exemplars that it never saw. They are few, so the distance is unbiased (a biased one falls
with the number of pictures), and every figure has a bootstrap interval: drawings and photos are drawn anew, both with
replacement. Cross-fitting, where each drawing is held out of one of several trainings, would use all of them, at the
price of as many trainings; one drawing in five is held out instead (`split.EXEMPLAR_EVERY`).
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from torch import Tensor


def _kernel(x: Tensor, y: Tensor) -> Tensor:
    return (x @ y.T / x.shape[1] + 1) ** 3


def mmd(a: Tensor, b: Tensor) -> float:
    """Unbiased squared maximum mean discrepancy with the kernel of KID, (x·y/d + 1)³; rows are samples."""

    def within(x: Tensor) -> Tensor:
        k = _kernel(x, x)
        return (k.sum() - k.trace()) / (len(x) * (len(x) - 1))

    return float(within(a) + within(b) - 2 * _kernel(a, b).mean())


def share(outputs: Tensor, photos: Tensor, exemplars: Tensor) -> float:
    """`gap`: the outputs' distance from the exemplars over the photos', all standardised by the exemplars."""
    mean, deviation = exemplars.mean(0), exemplars.std(0) + 1e-6
    style = (exemplars - mean) / deviation
    return mmd((outputs - mean) / deviation, style) / mmd((photos - mean) / deviation, style)


Counts = NDArray[np.int64]
"""[N]: how often each sample was drawn."""


def _within(kernel: NDArray[np.float64], counts: Counts) -> float:
    """Mean over pairs of different samples: a sample drawn twice is no pair, or each draw would add distance.

    NaN where one sample was drawn every time, as happens with two."""
    pairs = counts.sum() ** 2 - (counts**2).sum()
    return float("nan") if pairs == 0 else float((counts @ kernel @ counts - (counts**2) @ np.diag(kernel)) / pairs)


@dataclasses.dataclass(frozen=True)
class Spread:
    """Kernels among the samples of one set, and between them and the held-out exemplars: all that resampling needs."""

    own: NDArray[np.float64]
    across: NDArray[np.float64]


class StyleGap:
    """The distance from held-out exemplars, in the feature space that the exemplars seen in training standardise.

    seen [M, D], held [H, D] → `spread(rows)` of any set, and `distance(spread, …)` with whatever was drawn.
    """

    def __init__(self, seen: Tensor, held: Tensor) -> None:
        self._mean, self._deviation = seen.double().mean(0), seen.double().std(0) + 1e-6
        self._held = self._standard(held)
        self.held_count = len(held)
        self._among_held = _kernel(self._held, self._held).numpy()

    def _standard(self, rows: Tensor) -> Tensor:
        return (rows.double() - self._mean) / self._deviation

    def spread(self, rows: Tensor) -> Spread:
        x = self._standard(rows)
        return Spread(_kernel(x, x).numpy(), _kernel(x, self._held).numpy())

    def distance(self, spread: Spread, counts: Counts | None = None, held: Counts | None = None) -> float:
        """Unbiased squared MMD; counts default to each sample once."""
        counts = np.ones(len(spread.own), np.int64) if counts is None else counts
        held = np.ones(self.held_count, np.int64) if held is None else held
        between = counts @ spread.across @ held / (counts.sum() * held.sum())
        return _within(spread.own, counts) + _within(self._among_held, held) - 2 * float(between)
