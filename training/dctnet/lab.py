"""CIE L*a*b* (D65) of sRGB: the one with a gradient, for losses, and a quicker one on the CPU, for batches."""

from __future__ import annotations

import cv2
import torch
from torch import Tensor

TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
WHITE = (0.95047, 1.0, 1.08883)
EPSILON, SLOPE, OFFSET = 0.008856, 7.787, 16 / 116


def _matrix(like: Tensor) -> Tensor:
    """[3, 3]: linear RGB → XYZ over that of white."""
    options = {"dtype": torch.float32, "device": like.device}
    return torch.tensor(TO_XYZ, **options) / torch.tensor(WHITE, **options)[:, None]


def differentiable(rgb: Tensor) -> Tensor:
    """[N, 3, H, W] in 0 … 1 → L 0 … 100, a and b. Not clamped: an overshooting pixel keeps its gradient."""
    rgb = rgb.float()
    linear = torch.where(rgb > 0.04045, ((rgb + 0.055) / 1.055).clamp_min(1e-4) ** 2.4, rgb / 12.92)
    xyz = torch.einsum("ij,njhw->nihw", _matrix(rgb), linear)
    f = torch.where(xyz > EPSILON, xyz.clamp_min(1e-4) ** (1 / 3), SLOPE * xyz + OFFSET)
    return torch.stack((116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])), 1)


def _by_opencv(x: Tensor, code: int) -> Tensor:
    count, _, height, width = x.shape
    tall = x.permute(0, 2, 3, 1).reshape(count * height, width, 3)
    return torch.from_numpy(cv2.cvtColor(tall.numpy(), code)).view(count, height, width, 3).permute(0, 3, 1, 2)


@torch.no_grad()
def from_rgb(rgb: Tensor) -> Tensor:
    """`differentiable` without a gradient, on the CPU four times as fast."""
    return _by_opencv(rgb, cv2.COLOR_RGB2LAB) if rgb.device.type == "cpu" else differentiable(rgb)


@torch.no_grad()
def to_rgb(lab: Tensor) -> Tensor:
    """[N, 3, H, W] back into 0 … 1; what sRGB has not is clipped."""
    if lab.device.type == "cpu":
        return _by_opencv(lab, cv2.COLOR_LAB2RGB).clamp(0, 1)
    return by_torch(lab)


def by_torch(lab: Tensor) -> Tensor:
    y = (lab[:, 0] + 16) / 116
    f = torch.stack((y + lab[:, 1] / 500, y, y - lab[:, 2] / 200), 1)
    xyz = torch.where(f**3 > EPSILON, f**3, (f - OFFSET) / SLOPE)
    linear = torch.einsum("ij,njhw->nihw", torch.linalg.inv(_matrix(lab)), xyz).clamp(0, 1)
    return torch.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear).clamp(0, 1)
