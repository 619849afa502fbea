"""The photo variant of G_s: an autoencoder whose decoder is StyleGAN2's synthesis above the content code.

The encoder turns an aligned photo into a spatial code (who is where) and a style for every layer (light, palette).
The layers above the code draw edges and texture: those are what G_t, a copy, learns to draw as the artist does.
"""

from __future__ import annotations

import math
import typing

from torch import Tensor, nn

from .config import Shape
from .layers import Activate, EqualConv2d, EqualLinear, PixelNorm, StyledConv, ToRgb
from .stylegan2 import channels


class Encoder(nn.Module):
    """[N, 3, size, size] → content [N, content_channels, content, content] and styles [N, layers, style]."""

    def __init__(self, shape: Shape, layers: int) -> None:
        super().__init__()
        self.layers = layers
        width = channels(shape.size // 2, shape)
        # Half the resolution from the start: a convolution at 256² costs as much as all the others together.
        parts: list[nn.Module] = [nn.PixelUnshuffle(2), *_conv(12, width)]
        side = shape.size // 2
        while side > shape.content:
            side //= 2
            outputs = channels(side, shape)
            parts += [*_conv(width, outputs, 2), *_conv(outputs, outputs)]
            width = outputs
        self.trunk = nn.Sequential(*parts)
        self.content = nn.Sequential(*_conv(width, width), EqualConv2d(width, shape.content_channels, 1, 1, 0, True))
        self.norm = PixelNorm()
        deeper: list[nn.Module] = []
        while side > 4:
            side //= 2
            deeper += _conv(width, shape.cap, 2)
            width = shape.cap
        self.style = nn.Sequential(*deeper, nn.Flatten(), EqualLinear(16 * width, layers * shape.style))

    def forward(self, photo: Tensor) -> tuple[Tensor, Tensor]:
        features = self.trunk(photo)
        content = self.norm(self.content(features).float())
        styles = self.style(features).float()
        return content, styles.view(len(photo), self.layers, -1)


def _conv(inputs: int, outputs: int, stride: int = 1) -> list[nn.Module]:
    return [EqualConv2d(inputs, outputs, 3, stride, 1, False), Activate(outputs)]


class Decoder(nn.Module):
    """Content and styles → [N, 3, size, size], about -1 … 1. Named like StyleGAN2's layers from the code up."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        base, levels = int(math.log2(shape.content)), int(math.log2(shape.size))
        width, style = channels(shape.content, shape), shape.style
        self.expand = EqualConv2d(shape.content_channels, width, 3, 1, 1, True)
        self.conv1 = StyledConv(width, width, style)
        self.to_rgb1 = ToRgb(width, style, upsample=False)
        self.convs, self.to_rgbs = nn.ModuleList(), nn.ModuleList()
        for level in range(base + 1, levels + 1):
            outputs = channels(2**level, shape)
            self.convs.append(StyledConv(width, outputs, style, upsample=True))
            self.convs.append(StyledConv(outputs, outputs, style))
            self.to_rgbs.append(ToRgb(outputs, style))
            width = outputs
        self.layers = 2 * (levels - base) + 2

    def forward(self, content: Tensor, styles: Tensor, noise: list[Tensor] | None = None) -> Tensor:
        given: typing.Sequence[Tensor | None] = noise if noise is not None else [None] * (self.layers - 1)
        x = self.conv1(self.expand(content), styles[:, 0], given[0])
        picture = self.to_rgb1(x, styles[:, 1])
        for level, to_rgb in enumerate(self.to_rgbs):
            first = 2 * level + 1
            x = self.convs[first - 1](x, styles[:, first], given[first])
            x = self.convs[first](x, styles[:, first + 1], given[first + 1])
            picture = to_rgb(x, styles[:, first + 2], picture)
        return typing.cast(Tensor, picture)


class Autoencoder(nn.Module):
    """G_s of the photo variant."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.decoder = Decoder(shape)
        self.encoder = Encoder(shape, self.decoder.layers)

    def forward(self, photo: Tensor, noise: list[Tensor] | None = None) -> Tensor:
        return typing.cast(Tensor, self.decoder(*self.encoder(photo), noise))
