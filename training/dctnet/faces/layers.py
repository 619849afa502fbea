"""Frozen networks with TensorFlow's conventions: weights are buffers; gradients pass through, none is kept."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .tfjs import Arrays


def same(x: Tensor, kernel: int, stride: int, value: float = 0.0) -> Tensor:
    """Pads [N, C, H, W] as TensorFlow's SAME does: ceil(size / stride) outputs, an odd pixel right or below."""
    pads = []
    for size in (x.shape[3], x.shape[2]):
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads, value=value) if any(pads) else x


def to_torch(name: str, array: Tensor) -> Tensor:
    """Kernels from HWIO to OIHW, depthwise ones from HWC1 to C1HW; everything else as it is."""
    if array.ndim != 4:
        return array
    return array.permute((2, 3, 0, 1) if "depthwise" in name else (3, 2, 0, 1)).contiguous()


class Frozen(nn.Module):
    """Arrays by their TensorFlow name, as buffers."""

    def __init__(self, arrays: Arrays) -> None:
        super().__init__()
        for name, array in arrays.items():
            self.register_array(name, torch.from_numpy(array.copy()))

    @staticmethod
    def key(name: str) -> str:
        """TensorFlow's name as a buffer's, which must not contain a dot."""
        return name.replace("/", ":").replace(".", ";")

    def register_array(self, name: str, array: Tensor) -> None:
        self.register_buffer(self.key(name), to_torch(name, array))

    def weight(self, name: str) -> Tensor:
        return self.get_buffer(self.key(name))

    def conv(self, x: Tensor, kernel: str, bias: str | None, stride: int = 1, padded: bool = True) -> Tensor:
        """A convolution with SAME padding, or VALID when not `padded`; depthwise where its name says so."""
        w = self.weight(kernel)
        if padded:
            x = same(x, w.shape[-1], stride)
        b = None if bias is None else self.weight(bias)
        return F.conv2d(x, w, b, stride, groups=w.shape[0] if "depthwise" in kernel else 1)

    def separable(self, x: Tensor, name: str, stride: int = 1) -> Tensor:
        """Depthwise, then pointwise convolution and bias, both of `name`."""
        x = self.conv(x, f"{name}/depthwise_filter", None, stride)
        return self.conv(x, f"{name}/pointwise_filter", f"{name}/bias")


def square(x: Tensor, size: int) -> Tensor:
    """[N, C, H, W] → [N, C, size, size]: bilinear, averaged where it shrinks, so that every pixel gets a gradient."""
    if x.shape[2:] == (size, size):
        return x
    shrinks = x.shape[2] > size or x.shape[3] > size
    return F.interpolate(x, (size, size), mode="bilinear", align_corners=False, antialias=shrinks)
