"""The building blocks of StyleGAN2 (Karras et al. 2020), in plain PyTorch.

Parameters have the names and shapes of the public rosinality layout, so that its checkpoints load as they are.
Weights are drawn from N(0, 1) and scaled by 1/√fan-in when used: the equalised learning rate of ProGAN.
"""

from __future__ import annotations

import math
import typing

import torch
import torch.nn.functional as F
from torch import Tensor, nn

BLUR = (1.0, 3.0, 3.0, 1.0)
SLOPE, GAIN = 0.2, math.sqrt(2)
EPSILON = 1e-8


def activation(x: Tensor) -> Tensor:
    """Leaky ReLU that keeps the variance."""
    return F.leaky_relu(x * GAIN, SLOPE)


class PixelNorm(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * (x.square().mean(1, keepdim=True) + EPSILON).rsqrt()


class EqualLinear(nn.Module):
    """[N, inputs] → [N, outputs]. `rate` slows its learning: the mapping network has 0.01."""

    def __init__(self, inputs: int, outputs: int, bias: float = 0.0, rate: float = 1.0, active: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = nn.Parameter(torch.full((outputs,), bias))
        self.scale, self.rate, self.active = rate / math.sqrt(inputs), rate, active

    def forward(self, x: Tensor) -> Tensor:
        x = F.linear(x, self.weight * self.scale, self.bias * self.rate)
        return activation(x) if self.active else x


class EqualConv2d(nn.Module):
    def __init__(self, inputs: int, outputs: int, side: int, stride: int, padding: int, bias: bool) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, side, side))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None
        self.scale, self.stride, self.padding = 1 / math.sqrt(inputs * side * side), stride, padding

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.weight * self.scale, self.bias, self.stride, self.padding)


class Activate(nn.Module):
    """Adds a bias to each channel of [N, C, H, W] and activates."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        return activation(x + self.bias.to(x.dtype)[:, None, None])


class Blur(nn.Module):
    """The filter [1, 3, 3, 1] in both directions; `gain` makes up for the zeros that upsampling put between pixels."""

    kernel: Tensor

    def __init__(self, padding: tuple[int, int], gain: float = 1.0) -> None:
        super().__init__()
        taps = torch.tensor(BLUR)
        self.register_buffer("kernel", gain * torch.outer(taps, taps) / taps.sum() ** 2)
        self.padding = padding

    def forward(self, x: Tensor, stride: int = 1) -> Tensor:
        before, after = self.padding
        channels = x.shape[1]
        # A FIR filter is a convolution; conv2d correlates, so the kernel is turned.
        kernel = self.kernel.to(x.dtype).flip(0, 1).expand(channels, 1, -1, -1)
        if before == after:
            return F.conv2d(x, kernel, stride=stride, padding=before, groups=channels)
        return F.conv2d(F.pad(x, (before, after) * 2), kernel, stride=stride, groups=channels)


class Upsample(nn.Module):
    """[N, C, H, W] → [N, C, 2H, 2W]: a zero after every pixel, then the blur, as one transposed convolution."""

    kernel: Tensor

    def __init__(self) -> None:
        super().__init__()
        taps = torch.tensor(BLUR)
        self.register_buffer("kernel", 4 * torch.outer(taps, taps) / taps.sum() ** 2)

    def forward(self, x: Tensor) -> Tensor:
        kernel = self.kernel.to(x.dtype).expand(x.shape[1], 1, -1, -1)
        return F.conv_transpose2d(x, kernel, stride=2, padding=1, groups=x.shape[1])


class ModulatedConv2d(nn.Module):
    """A convolution whose input channels a style scales; demodulated, its outputs keep unit variance.

    The style scales the activations and the demodulation the outputs, which equals scaling every sample's weights
    but needs no convolution by groups: that is slow on a CPU.
    """

    def __init__(
        self, inputs: int, outputs: int, side: int, style: int, demodulate: bool = True, upsample: bool = False
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(1, outputs, inputs, side, side))
        self.modulation = EqualLinear(style, inputs, bias=1.0)
        self.scale, self.side, self.demodulate = 1 / math.sqrt(inputs * side * side), side, demodulate
        self.blur = Blur((1, 1), gain=4.0) if upsample else None

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """x: [N, inputs, H, W]; style: [N, style] → [N, outputs, H or 2H, W or 2W]."""
        with torch.autocast(x.device.type, enabled=False):
            scales = self.modulation(style.to(self.weight.dtype))
            weight = self.weight[0] * self.scale
            # Σ over inputs and taps of (weight · style)²
            power = scales.square() @ weight.square().sum((2, 3)).T if self.demodulate else None
        x = x * scales.to(x.dtype)[..., None, None]
        if self.blur is not None:
            x = self.blur(F.conv_transpose2d(x, weight.transpose(0, 1), stride=2))
        else:
            x = F.conv2d(x, weight, padding=self.side // 2)
        if power is not None:
            x = x * (power + EPSILON).rsqrt().to(x.dtype)[..., None, None]
        return x


class Noise(nn.Module):
    """Adds noise, the same in every channel, by a learnt amount."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor, noise: Tensor | None) -> Tensor:
        if noise is None:
            noise = x.new_empty(x.shape[0], 1, *x.shape[2:]).normal_()
        return x + (self.weight * noise).to(x.dtype)


class StyledConv(nn.Module):
    def __init__(self, inputs: int, outputs: int, style: int, upsample: bool = False) -> None:
        super().__init__()
        self.conv = ModulatedConv2d(inputs, outputs, 3, style, upsample=upsample)
        self.noise = Noise()
        self.activate = Activate(outputs)

    def forward(self, x: Tensor, style: Tensor, noise: Tensor | None = None) -> Tensor:
        return typing.cast(Tensor, self.activate(self.noise(self.conv(x, style), noise)))


class ToRgb(nn.Module):
    """Features → the picture so far: what the lower resolutions drew, upsampled, and what this one adds."""

    def __init__(self, inputs: int, style: int, upsample: bool = True) -> None:
        super().__init__()
        if upsample:
            self.upsample = Upsample()
        self.conv = ModulatedConv2d(inputs, 3, 1, style, demodulate=False)
        self.bias = nn.Parameter(torch.zeros(1, 3, 1, 1))

    def forward(self, x: Tensor, style: Tensor, below: Tensor | None = None) -> Tensor:
        x = self.conv(x, style).to(self.bias.dtype) + self.bias
        return x if below is None else x + self.upsample(below)


class ConvLayer(nn.Sequential):
    """[blur,] convolution[, bias and activation], numbered as the layout numbers them."""

    def __init__(self, inputs: int, outputs: int, side: int, downsample: bool = False, active: bool = True) -> None:
        layers: list[nn.Module] = []
        if downsample:
            padding = (2 + side - 1) // 2
            layers.append(Blur((padding, padding)))
        layers.append(EqualConv2d(inputs, outputs, side, 2 if downsample else 1, 0 if downsample else side // 2, False))
        if active:
            layers.append(Activate(outputs))
        super().__init__(*layers)


class ResidualBlock(nn.Module):
    """[N, inputs, H, W] → [N, outputs, H/2, W/2]."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = ConvLayer(inputs, inputs, 3)
        self.conv2 = ConvLayer(inputs, outputs, 3, downsample=True)
        self.skip = ConvLayer(inputs, outputs, 1, downsample=True, active=False)

    def forward(self, x: Tensor) -> Tensor:
        return (self.conv2(self.conv1(x)) + self.skip(x)) / math.sqrt(2)
