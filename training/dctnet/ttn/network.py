"""The texture translation network: a photo in, the stylized picture out, pixel to pixel."""

from __future__ import annotations

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

STRIDE = 8
"""Height and width of the input must be multiples of this; `export.py` pads inside the graph."""
SLOPE = 0.2


def _conv(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, stride, 1)


def _active(x: Tensor) -> Tensor:
    return F.leaky_relu(x, SLOPE, inplace=True)


class Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = _conv(channels, channels)
        self.second = _conv(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(_active(self.first(x)))


class Ttn(nn.Module):
    """A U-Net behind a pixel-unshuffle stem and a pixel-shuffle head, without normalisation layers.

    The published TTN works at full resolution in its first and last layers, where most of its operations go;
    folding 2×2 pixels into channels keeps the parameters and needs 3.4 times fewer multiplications
    (`bench/gpu.py --count`).

    Input and output: float [N, 3, H, W], RGB, -1 … 1 (the output may overshoot), H and W multiples of `STRIDE`.
    width 32: 1.75 M parameters, 2.38 GMAC at 256²; width 16: 0.44 M and 0.62 GMAC.
    """

    def __init__(self, width: int = 32, blocks: int = 5) -> None:
        super().__init__()
        half, quarter, eighth = width, 2 * width, 4 * width
        self.stem = _conv(12, half)
        self.down_quarter = _conv(half, quarter, 2)
        self.at_quarter = _conv(quarter, quarter)
        self.down_eighth = _conv(quarter, eighth, 2)
        self.body = nn.Sequential(*(Residual(eighth) for _ in range(blocks)))
        self.up_quarter = _conv(eighth, quarter)
        self.merge_quarter = _conv(quarter, quarter)
        self.up_half = _conv(quarter, half)
        self.merge_half = _conv(half, half)
        self.head = _conv(half, 12)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, SLOPE)
                nn.init.zeros_(layer.bias)
        for block in self.body:
            # Without normalisation the residual sum would grow with depth; start near the identity.
            nn.init.zeros_(block.second.weight)
        with torch.no_grad():
            self.head.weight.mul_(0.1)

    def without_colour(self) -> Ttn:
        """A copy that gives the lightness (BT.601's luma) of what this network draws, three times."""
        gray = copy.deepcopy(self)
        share = gray.head.weight.new_tensor([0.299, 0.587, 0.114])
        with torch.no_grad():
            assert gray.head.bias is not None
            for parameter in (gray.head.weight, gray.head.bias):
                # Channel c · 4 + k of the head is pixel k of each square, in colour c.
                colours = parameter.view(3, 4, *parameter.shape[1:])
                colours.copy_(torch.tensordot(share, colours, 1).expand_as(colours))
        return gray

    def forward(self, x: Tensor) -> Tensor:
        return self.after_stem(self.stem(F.pixel_unshuffle(x, 2)))

    def after_stem(self, x: Tensor) -> Tensor:
        """The rest of the network from the stem's [N, width, H/2, W/2]; the export replaces the stem by an equal."""
        half = _active(x)
        quarter = _active(self.at_quarter(_active(self.down_quarter(half))))
        y = self.body(_active(self.down_eighth(quarter)))
        y = F.interpolate(_active(self.up_quarter(y)), scale_factor=2, mode="bilinear")
        y = _active(self.merge_quarter(y + quarter))
        y = F.interpolate(_active(self.up_half(y)), scale_factor=2, mode="bilinear")
        y = _active(self.merge_half(y + half))
        return F.pixel_shuffle(self.head(y), 2)
