"""Follows a coarse matte's edges into the picture: a guided filter (He, Sun and Tang 2013) that learns from the sure.

In each window the matte is taken for a linear function of the picture's colours. It is fitted to the places of which
the network is sure, so that the uncertain ones, which hair lies in, are decided by their colours and not by the
network's blur. The functions are found in a small picture and hold in a large one (fast guided filter, He and Sun
2015).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

RADIUS = 10
"""Of a window, in pixels of the network's picture."""
SMOOTHNESS = 1e-4
"""What is added to the variances of colours in 0 … 1: the less, the finer the edges that are followed."""
SURE = 0.1
"""A place is sure where its matte is that close to 0 or 1."""
REACH = 6
"""How far from all that is uncertain a place is what the network says, whatever its colours."""
DOUBT = 0.1
"""How much an uncertain place counts beside a sure one."""


def mean(x: Tensor, radius: int) -> Tensor:
    """[N, C, H, W], each pixel the mean of the square about it, as far as that lies in the picture."""
    size = 2 * radius + 1
    across = F.avg_pool2d(x, (1, size), 1, (0, radius), count_include_pad=False)
    return F.avg_pool2d(across, (size, 1), 1, (radius, 0), count_include_pad=False)


def solve(matrix: tuple[Tensor, ...], right: Tensor) -> Tensor:
    """x of A x = `right` [N, 3, H, W], of the symmetric A = ((a, b, c), (b, d, e), (c, e, f)), each [N, 1, H, W]."""
    a, b, c, d, e, f = matrix
    first, second, third = d * f - e * e, c * e - b * f, b * e - c * d
    determinant = a * first + b * second + c * third
    rows = (
        (first, second, third),
        (second, a * f - c * c, b * c - a * e),
        (third, b * c - a * e, a * d - b * b),
    )
    x, y, z = right.split(1, 1)
    return torch.cat([p * x + q * y + r * z for p, q, r in rows], 1) / determinant


def coefficients(picture: Tensor, matte: Tensor) -> Tensor:
    """[N, 3, H, W] in 0 … 1 and [N, 1, H, W] → [N, 4, H, W]: three factors of the colours and a summand."""
    sure = ((matte - 0.5).abs() > 0.5 - SURE).to(matte.dtype)
    weight = DOUBT + (1 - DOUBT) * sure
    person = (matte > 0.5).to(matte.dtype)
    red, green, blue = picture.split(1, 1)
    products = [red * red, red * green, red * blue, green * green, green * blue, blue * blue]
    planes = torch.cat([picture, person, picture * person, *products], 1)
    total = mean(weight, RADIUS)
    means = mean(planes * weight, RADIUS) / total
    colour, mattes, shared, squares = means.split((3, 1, 3, 6), 1)
    r, g, b = colour.split(1, 1)
    rr, rg, rb, gg, gb, bb = squares.split(1, 1)
    variances = (
        rr - r * r + SMOOTHNESS,
        rg - r * g,
        rb - r * b,
        gg - g * g + SMOOTHNESS,
        gb - g * b,
        bb - b * b + SMOOTHNESS,
    )
    factors = solve(variances, shared - colour * mattes)
    summand = mattes - (factors * colour).sum(1, keepdim=True)
    windows = torch.cat([factors, summand], 1)
    return mean(windows * total, RADIUS) / mean(total, RADIUS)


def settled(found: Tensor, matte: Tensor) -> Tensor:
    """The coefficients, with those of places far from any edge replaced by the network's own word, faded in."""
    edge = ((matte - 0.5).abs() <= 0.5 - SURE).to(matte.dtype)
    near = F.max_pool2d(edge, 2 * REACH + 1, 1, REACH)
    blend = 1 - mean(near, 2)
    said = (matte > 0.5).to(matte.dtype) * torch.tensor([0.0, 0.0, 0.0, 1.0]).view(1, 4, 1, 1)
    return found + blend * (said - found)


def applied(picture: Tensor, found: Tensor) -> Tensor:
    """The matte that the coefficients, of any size, give a picture [N, 3, H, W] → [N, 1, H, W] in 0 … 1."""
    if found.shape[2:] != picture.shape[2:]:
        found = F.interpolate(found, picture.shape[2:], mode="bilinear", align_corners=False)
    exact = (found[:, :3] * picture).sum(1, keepdim=True) + found[:, 3:]
    return ((exact - SURE) / (1 - 2 * SURE)).clamp(0, 1)
