"""Differentiable augmentation of what a discriminator sees, with a probability that follows its overfitting.

The transforms are DiffAugment's (Zhao et al. 2020): colour, translation, cutout. Each is applied to a sample with
probability p, as in ADA (Karras et al. 2020): as long as p < 1 the undistorted picture is the likeliest, so the
generator does not learn the distortions ("non-leaking"). ADA's control loop steers p: the mean sign of the
discriminator's output on real pictures, r_t, says how much it knows them by heart.
"""

from __future__ import annotations

import dataclasses
import typing

import torch
from torch import Tensor

from .config import Augmentation

TRANSLATION = 1 / 8
"""Of the side, either way; what comes in from outside is 0, a mid gray."""
CUTOUT = 1 / 2
SMOOTHING = 0.98


@dataclasses.dataclass(frozen=True)
class Draw:
    """What happens to each of N samples, so that it can be repeated; the identity where not drawn."""

    brightness: Tensor
    saturation: Tensor
    contrast: Tensor
    shift: Tensor
    """[N, 2] rows and columns, in shares of the side."""
    hole: Tensor
    """[N, 2] centre of the cutout in shares of the side; outside -1 … 2 there is none."""

    @staticmethod
    def of(count: int, probability: float, draw: torch.Generator | None = None) -> Draw:
        def uniform(low: float, high: float, width: int = 1) -> Tensor:
            return torch.rand(count, width, generator=draw) * (high - low) + low

        def maybe(drawn: Tensor, otherwise: float) -> Tensor:
            return torch.where(torch.rand(count, 1, generator=draw) < probability, drawn, otherwise)

        return Draw(
            maybe(uniform(-0.5, 0.5), 0.0),
            maybe(uniform(0.0, 2.0), 1.0),
            maybe(uniform(0.5, 1.5), 1.0),
            maybe(uniform(-TRANSLATION, TRANSLATION, 2), 0.0),
            maybe(uniform(0.0, 1.0, 2), 9.0),
        )

    def apply(self, x: Tensor) -> Tensor:
        """[N, 3, H, W] in -1 … 1, differentiable in x."""
        brightness, saturation, contrast = (
            v.to(x)[..., None, None] for v in (self.brightness, self.saturation, self.contrast)
        )
        x = x + brightness
        gray = x.mean(1, keepdim=True)
        x = gray + (x - gray) * saturation
        mean = x.mean((1, 2, 3), keepdim=True)
        x = mean + (x - mean) * contrast
        return self._cut(self._move(x))

    def _move(self, x: Tensor) -> Tensor:
        height, width = x.shape[-2:]
        rows = torch.arange(height)[None] - (self.shift[:, :1] * height).round().long()
        columns = torch.arange(width)[None] - (self.shift[:, 1:] * width).round().long()
        inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[:, None]
        samples = torch.arange(len(x))[:, None, None]
        # Indexing moves the channels last: [N, H, W, 3], which is how channels_last stores them anyway.
        moved = x.permute(0, 2, 3, 1)[
            samples.to(x.device),
            rows.clamp(0, height - 1)[:, :, None].to(x.device),
            columns.clamp(0, width - 1)[:, None].to(x.device),
        ]
        return (moved * inside[..., None].to(x)).permute(0, 3, 1, 2)

    def _cut(self, x: Tensor) -> Tensor:
        height, width = x.shape[-2:]
        rows = (torch.arange(height) + 0.5) / height - self.hole[:, :1]
        columns = (torch.arange(width) + 0.5) / width - self.hole[:, 1:]
        hole = (rows.abs() < CUTOUT / 2)[:, :, None] & (columns.abs() < CUTOUT / 2)[:, None]
        return x * (~hole)[:, None].to(x)


class Adaptive:
    """The probability p and its control loop; kept in checkpoints."""

    def __init__(self, settings: Augmentation) -> None:
        self.settings = settings
        self.probability, self.sign = settings.start, settings.target

    def apply(self, x: Tensor) -> Tensor:
        if self.probability <= 0:
            return x
        return Draw.of(len(x), self.probability).apply(x)

    def follow(self, real_logits: Tensor) -> None:
        """Moves p by what this batch is worth, up when r_t is above its target."""
        sign = float(real_logits.detach().sign().mean())
        self.sign = SMOOTHING * self.sign + (1 - SMOOTHING) * sign
        step = len(real_logits) / (1000 * self.settings.thousands)
        direction = 1 if self.sign > self.settings.target else -1
        self.probability = min(self.settings.most, max(0.0, self.probability + direction * step))

    def state_dict(self) -> dict[str, float]:
        return {"probability": self.probability, "sign": self.sign}

    def load_state_dict(self, state: typing.Mapping[str, float], /) -> None:
        self.probability, self.sign = state["probability"], state["sign"]
