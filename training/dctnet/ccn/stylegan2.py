"""StyleGAN2's generator and discriminator: G_s, G_t, D_s and D_t of the content calibration network.

State dicts are those of the public rosinality layout; at 256 px, style 512, 8 mapping layers and multiplier 2 they are
config-f's, so an FFHQ checkpoint (`g_ema`, `g`, `d`) loads unchanged.
"""

from __future__ import annotations

import math
import typing

import torch
from torch import Tensor, nn

from .config import Shape
from .layers import ConvLayer, EqualLinear, PixelNorm, ResidualBlock, StyledConv, ToRgb

STDDEV_GROUP = 4


def channels(resolution: int, shape: Shape) -> int:
    """Features at a resolution: 512 up to 32 px, then 256, 128, 64 … times the multiplier, `cap` at most."""
    full = 512 if resolution <= 32 else 16384 / resolution * shape.channel_multiplier
    return min(int(full), shape.cap)


class Constant(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.input = nn.Parameter(torch.randn(1, width, 4, 4))


class Generator(nn.Module):
    """w+ [N, layers, style] → [N, 3, size, size], about -1 … 1."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        levels = int(math.log2(shape.size))
        style = shape.style
        mapping = [EqualLinear(style, style, rate=0.01, active=True) for _ in range(shape.mapping)]
        self.style = nn.Sequential(PixelNorm(), *mapping)
        width = channels(4, shape)
        self.input = Constant(width)
        self.conv1 = StyledConv(width, width, style)
        self.to_rgb1 = ToRgb(width, style, upsample=False)
        self.convs, self.to_rgbs, self.noises = nn.ModuleList(), nn.ModuleList(), nn.Module()
        for level in range(3, levels + 1):
            outputs = channels(2**level, shape)
            self.convs.append(StyledConv(width, outputs, style, upsample=True))
            self.convs.append(StyledConv(outputs, outputs, style))
            self.to_rgbs.append(ToRgb(outputs, style))
            width = outputs
        self.layers = 2 * levels - 2
        """Styles that a picture takes, one a convolution and one for the last picture."""
        for index in range(self.layers - 1):
            side = 2 ** ((index + 5) // 2)
            self.noises.register_buffer(f"noise_{index}", torch.randn(1, 1, side, side))

    def fixed_noise(self) -> list[Tensor]:
        return [getattr(self.noises, f"noise_{index}") for index in range(self.layers - 1)]

    def styles(self, z: Tensor) -> Tensor:
        """z [N, style] → w+ [N, layers, style], every layer the same."""
        return typing.cast(Tensor, self.style(z))[:, None].expand(-1, self.layers, -1)

    @torch.no_grad()
    def mean_style(self, samples: int = 4096) -> Tensor:
        """[style]: the centre of W, towards which truncation pulls. Draws from torch's global generator."""
        device = self.input.input.device
        return typing.cast(Tensor, self.style(torch.randn(samples, self.shape.style, device=device))).mean(0)

    def forward(self, styles: Tensor, noise: list[Tensor] | None = None) -> Tensor:
        """`noise`: [1 or N, 1, h, w] for every convolution; drawn anew when None."""
        given: typing.Sequence[Tensor | None] = noise if noise is not None else [None] * (self.layers - 1)
        x = self.input.input.expand(len(styles), -1, -1, -1)
        x = self.conv1(x, styles[:, 0], given[0])
        picture = self.to_rgb1(x, styles[:, 1])
        for level, to_rgb in enumerate(self.to_rgbs):
            first = 2 * level + 1
            x = self.convs[first - 1](x, styles[:, first], given[first])
            x = self.convs[first](x, styles[:, first + 1], given[first + 1])
            picture = to_rgb(x, styles[:, first + 2], picture)
        return typing.cast(Tensor, picture)


def mixed(generator: Generator, z: Tensor, probability: float, draw: torch.Generator | None = None) -> Tensor:
    """w+ of z [2, N, style]: with `probability` the second z takes over from a random layer on, for the whole batch."""
    first, second = generator.styles(z[0]), generator.styles(z[1])
    if torch.rand((), generator=draw).item() >= probability:
        return first
    at = int(torch.randint(1, generator.layers, (), generator=draw))
    return torch.cat((first[:, :at], second[:, at:]), 1)


def minibatch_deviation(x: Tensor) -> Tensor:
    """[N, C, H, W] → [N, C + 1, H, W]: the deviation of each feature over up to 4 samples, averaged to one number.

    A discriminator that sees it tells samples that are all alike. N must be a multiple of the group or less than it.
    """
    count, width, height, breadth = x.shape
    group = min(count, STDDEV_GROUP)
    grouped = x.to(torch.promote_types(x.dtype, torch.float32)).view(group, -1, width, height, breadth)
    deviation = (grouped.var(0, unbiased=False) + 1e-8).sqrt().mean((1, 2, 3))
    plane = deviation.repeat(group)[:, None, None, None].expand(-1, 1, height, breadth)
    return torch.cat((x, plane.to(x.dtype)), 1)


class Discriminator(nn.Module):
    """[N, 3, size, size] → [N, 1] logits, real > 0."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = channels(shape.size, shape)
        blocks: list[nn.Module] = [ConvLayer(3, width, 1)]
        for level in range(int(math.log2(shape.size)), 2, -1):
            outputs = channels(2 ** (level - 1), shape)
            blocks.append(ResidualBlock(width, outputs))
            width = outputs
        self.convs = nn.Sequential(*blocks)
        last = channels(4, shape)
        self.final_conv = ConvLayer(width + 1, last, 3)
        self.final_linear = nn.Sequential(EqualLinear(16 * last, last, active=True), EqualLinear(last, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = self.final_conv(minibatch_deviation(self.convs(x)))
        return typing.cast(Tensor, self.final_linear(x.flatten(1)))
