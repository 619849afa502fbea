"""The critics of the texture translation network: of texture and surface as in the paper, and of VGG features."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import spectral_norm

FEATURE_CHANNELS = {"1_2": 64, "2_2": 128, "3_4": 256}
"""VGG19's layers that a critic looks at, and their channels."""
NEAR_CHANNELS = {"1_2": 64, "2_2": 128}
"""Those of a close look at part of the picture, where strokes two pixels wide are still strokes."""
SCALE_DECAY = 0.99


def _conv(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Module:
    return spectral_norm(nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2))


@torch.no_grad()
def iterate(critic: nn.Module) -> None:
    """One step of every spectral norm's power iteration, and none in forward passes until the next call.

    So an update has one, however many batches it sees and whoever sees them, and processes keep the same norms.
    """
    critic.train()
    for layer in critic.modules():
        if parametrize.is_parametrized(layer, "weight"):
            _ = layer.weight
    critic.eval()


class PatchDiscriminator(nn.Module):
    """[N, channels, H, W] in -1 … 1 → one logit for every 8×8 patch, [N, 1, H/8, W/8]. ~287,000 parameters."""

    def __init__(self, channels: int, width: int = 32) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs = channels
        for outputs in (width, 2 * width, 4 * width):
            layers += [_conv(inputs, outputs, 3, 2), nn.LeakyReLU(0.2, inplace=True)]
            layers += [_conv(outputs, outputs, 3), nn.LeakyReLU(0.2, inplace=True)]
            inputs = outputs
        layers.append(_conv(inputs, 1, 1))
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


class FeatureDiscriminator(nn.Module):
    """Judges one layer's VGG features: [N, C, H, W] → logits [N, 1, H/4, W/4].

    Frozen features know lines, hatching and gloss from the first step on, where a critic that starts from pixels needs
    thousands (Sauer et al. 2021, Projected GAN). `seen` must be called with the deviation of real features in training:
    it keeps the scale that brings every channel to unit deviation.
    """

    scale: Tensor

    def __init__(self, channels: int, width: int = 64) -> None:
        super().__init__()
        self.register_buffer("scale", torch.zeros(channels))
        self.layers = nn.Sequential(
            _conv(channels, width, 1),
            nn.LeakyReLU(0.2),
            _conv(width, width, 3, 2),
            nn.LeakyReLU(0.2),
            _conv(width, width, 3, 2),
            nn.LeakyReLU(0.2),
            _conv(width, 1, 1),
        )

    @torch.no_grad()
    def seen(self, deviation: Tensor) -> None:
        """[C], of real features."""
        known = SCALE_DECAY if self.scale.any() else 0.0
        self.scale.lerp_(deviation, 1 - known)

    def forward(self, x: Tensor) -> Tensor:
        floor = 0.1 * self.scale.mean()
        first = self.layers[0]
        # Scaled in the weights, which are fewer than the activations.
        weight = first.weight / (self.scale + floor).clamp_min(1e-6)[:, None, None]
        return self.layers[1:](F.conv2d(x, weight, first.bias))


class StyleDiscriminator(nn.Module):
    """A `FeatureDiscriminator` for each of VGG's layers, of the whole picture and of a close look at a part."""

    def __init__(self) -> None:
        super().__init__()
        looks = {f"whole_{tap}": c for tap, c in FEATURE_CHANNELS.items()}
        looks |= {f"near_{tap}": c for tap, c in NEAR_CHANNELS.items()}
        self.critics = nn.ModuleDict({name: FeatureDiscriminator(channels) for name, channels in looks.items()})

    @property
    def knows(self) -> bool:
        """Whether it has `seen` anything yet."""
        return any(bool(critic.scale.any()) for critic in self.critics.values())

    @torch.no_grad()
    def deviations(self, features: dict[str, Tensor]) -> list[Tensor]:
        """[C] of what each critic looks at; every sixteenth place tells as much."""
        return [features[name][..., ::4, ::4].float().std((0, 2, 3)) for name in self.critics]

    def seen(self, deviations: list[Tensor]) -> None:
        for critic, deviation in zip(self.critics.values(), deviations, strict=True):
            critic.seen(deviation)

    def forward(self, features: dict[str, Tensor]) -> list[Tensor]:
        """`features` as of `Looks`; logits [N, 1, h, w] of each critic."""
        return [critic(features[name]) for name, critic in self.critics.items()]
