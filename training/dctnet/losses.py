"""The losses of the texture translation network, each a plain function of tensors in -1 … 1."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from .config import CONTENT_TOLERANCE
from .lab import differentiable

# White-box Cartoonization (CVPR 2020): the texture view is a gray picture with random channel weights.
GRAY_RANGES = ((0.199, 0.399), (0.487, 0.687), (0.014, 0.214))
SURFACE_RADIUS, SURFACE_EPSILON = 5, 0.2


def texture(x: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Random gray [N, 1, H, W] of [N, 3, H, W]: brushwork and lines without the colour."""
    weights = torch.stack(
        [torch.rand(1, generator=generator).mul_(high - low).add_(low) for low, high in GRAY_RANGES], 1
    ).to(x)
    weights = weights / weights.sum()
    return (x * weights[..., None, None]).sum(1, keepdim=True)


def _window_sum(x: Tensor, radius: int, dim: int) -> Tensor:
    """Sums over 2·radius + 1 neighbours along the last (-1) or the last but one (-2) dimension, zero outside."""
    pad = (radius + 1, radius) if dim == -1 else (0, 0, radius + 1, radius)
    sums, size = F.pad(x, pad).cumsum(dim), 2 * radius + 1
    return sums.narrow(dim, size, x.shape[dim]) - sums.narrow(dim, 0, x.shape[dim])


def _box(x: Tensor, radius: int) -> Tensor:
    """Mean over a square window, by running sums: on a CPU 20 times faster than average pooling at radius 5."""
    rows = _window_sum(x.new_ones(1, 1, x.shape[-2], 1), radius, -2)
    columns = _window_sum(x.new_ones(1, 1, 1, x.shape[-1]), radius, -1)
    return _window_sum(_window_sum(x, radius, -1), radius, -2) / (rows * columns)


def surface(x: Tensor, radius: int = SURFACE_RADIUS, epsilon: float = SURFACE_EPSILON) -> Tensor:
    """Self-guided filter (He et al. 2010): flat areas and edges without the texture. fp32, as variances cancel."""
    with torch.autocast(x.device.type, enabled=False):
        x = x.float().contiguous()
        mean = _box(x, radius)
        variance = _box(x * x, radius) - mean * mean
        slope = variance / (variance + epsilon)
        return _box(slope, radius) * x + _box(mean - slope * mean, radius)


def lsgan_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    return ((real.float() - 1) ** 2).mean() + (fake.float() ** 2).mean()


def lsgan_generator(fake: Tensor) -> Tensor:
    return ((fake.float() - 1) ** 2).mean()


def logistic_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """Goodfellow et al. (2014), over 2 ln 2: 1 is what a critic pays that cannot tell real from fake."""
    return (F.softplus(-real.float()).mean() + F.softplus(fake.float()).mean()) / (2 * math.log(2))


def logistic_generator(fake: Tensor) -> Tensor:
    """Non-saturating; its gradient is bounded, however sure the critic is."""
    return F.softplus(-fake.float()).mean() / (2 * math.log(2))


OVERSHOOT = 0.1


def bounded(x: Tensor) -> Tensor:
    """What lies beyond -1 … 1 to a tenth of it: it is cut off at inference, and a tenth still pulls it back."""
    inside = x.clamp(-1, 1)
    return inside + OVERSHOOT * (x - inside)


def pixel(output: Tensor, target: Tensor, weights: Tensor) -> Tensor:
    """L1 of [N, 3, H, W] where `weights` [N, 1, H, W], 0 … 1, are; 0 where they are nowhere."""
    apart = (output - target).abs().mean(1, keepdim=True)
    return (apart * weights).sum() / weights.sum().clamp_min(1)


def feature_distance(a: Tensor, b: Tensor) -> Tensor:
    """L1 between activations as a share of the target's mean magnitude, so that layers weigh alike."""
    return (a.float() - b.float()).abs().mean() / b.float().abs().mean().clamp_min(1e-6)


def _rows(x: Tensor) -> Tensor:
    """[N, C, H, W] → [N · H · W, C], a view where channels come last in memory."""
    return x.permute(0, 2, 3, 1).flatten(0, 2)


@torch.no_grad()
def _partners(a: Tensor, b: Tensor, radius: int) -> tuple[Tensor, Tensor]:
    """For each place of `a` the row (`_rows`) of the most similar place of `b` within `radius` cells, and for each
    place of `b` that of `a`: int64 [N · H · W] each."""
    count, _, height, width = b.shape
    side = 2 * radius + 1
    with torch.autocast(b.device.type, enabled=False):  # It would pad in fp32, and differences of two types are slow.
        padded = F.pad(b, (radius,) * 4, mode="replicate")
    forward = torch.full((count, side * side, height, width), torch.inf, device=a.device)
    backward = forward.clone()
    difference = torch.empty_like(a)
    for index in range(side * side):
        y, x = divmod(index, side)
        torch.sub(a, padded[..., y : y + height, x : x + width], out=difference)
        apart = difference.abs_().sum(1)
        forward[:, index] = apart
        # Seen from b, the same pairs lie at b's places; a pair that would leave the picture never wins.
        down, right = y - radius, x - radius
        top, bottom, left, end = max(0, down), height + min(0, down), max(0, right), width + min(0, right)
        backward[:, index, top:bottom, left:end] = apart[:, top - down : bottom - down, left - right : end - right]
    rows, columns = torch.arange(height, device=a.device)[:, None], torch.arange(width, device=a.device)
    first = torch.arange(count, device=a.device)[:, None, None] * (height * width)

    def found(distances: Tensor, sign: int) -> Tensor:
        best = distances.argmin(1)
        down = sign * (best.div(side, rounding_mode="floor") - radius)
        right = sign * (best.remainder(side) - radius)
        return (first + (rows + down).clamp(0, height - 1) * width + (columns + right).clamp(0, width - 1)).flatten()

    return found(forward, 1), found(backward, -1)


def aligned_distance(a: Tensor, b: Tensor, weights: Tensor, radius: int = 1) -> Tensor:
    """Like `feature_distance`, but each place may match any place of the other picture within `radius` cells.

    Hand-drawn lines lie some pixels beside the photo's edges; compared place by place, the best answer is a blur.
    Both directions count: one asks for every line that is wanted, the other for none that is not. `weights`
    [N, 1, H, W], 0 … 1, of any size, says how much each place is worth. Which places match is found without
    gradients, and only matches are differentiated: the same gradient in a fifth of the time.
    """
    share = F.adaptive_avg_pool2d(weights.float(), b.shape[-2:]).flatten()
    drawn, wanted = _rows(a), _rows(b)
    there, back = _partners(a, b, radius)
    matched = (drawn - wanted[there]).abs().mean(1).float() + (drawn[back] - wanted).abs().mean(1).float()
    scale = 2 * (b.float().abs().mean(1).flatten() * share).sum()
    return (matched * share).sum() / scale.clamp_min(1e-6)


def _pooled_moments(x: Tensor, n: int) -> tuple[Tensor, Tensor]:
    x = x.float()
    return F.adaptive_avg_pool2d(x, n), F.adaptive_avg_pool2d(x.square(), n)


class _TileMoments(torch.autograd.Function):
    """`_pooled_moments` of a picture that n × n tiles divide, whose gradient is one multiplication and one addition in
    the activations' own type: PyTorch's reads and writes five times as much, in fp32, and took 15 % of a step."""

    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, x: Tensor, n: int) -> tuple[Tensor, Tensor]:
        ctx.save_for_backward(x)
        return _pooled_moments(x, n)

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, *gradients: Tensor) -> tuple[Tensor, None]:
        (x,) = ctx.saved_tensors
        n = gradients[0].shape[-1]

        def tiled(picture: Tensor) -> Tensor:
            return picture.unflatten(3, (n, -1)).unflatten(2, (n, -1))

        def spread(gradient: Tensor) -> Tensor:
            share = gradient * (n * n / (x.shape[-2] * x.shape[-1]))
            return share.to(x.dtype).contiguous(memory_format=torch.channels_last)[:, :, :, None, :, None]

        found = torch.empty_like(x)
        torch.addcmul(spread(gradients[0]), tiled(x), spread(2 * gradients[1]), out=tiled(found))
        return found, None


def _moments(x: Tensor, n: int) -> tuple[Tensor, Tensor]:
    """Means of activations [N, C, H, W] and of their squares over n × n tiles, fp32 [N, C, n, n] each."""
    if x.shape[-2] % n or x.shape[-1] % n:
        return _pooled_moments(x, n)
    return _TileMoments.apply(x, n)


def statistics(a: Tensor, b: Tensor, weights: Tensor, tiles: tuple[int, ...] = (1, 4, 8)) -> Tensor:
    """How far mean and deviation of every activation differ from tile to tile (n × n of the picture for each n).

    The style loss of Huang & Belongie (2017). How much ink a place carries is learnt without asking where exactly it
    lies, so that lines come out as dark as they are drawn; compared place by place they pale wherever they are unsure.
    `weights` [N, 1, H, W], 0 … 1, of any size, says how much each place of `b` is worth. Every n divides the last.
    """
    finest = tiles[-1]
    share = F.adaptive_avg_pool2d(weights.float(), finest)
    # The moments of larger tiles are means of those of smaller ones: activations are read once.
    moments = [_moments(x, finest) for x in (a, b)]
    found = []
    for n in tiles:
        worth = F.adaptive_avg_pool2d(share, n)
        total = worth.sum().clamp_min(1e-6) * a.shape[1]
        means, deviations = [], []
        for mean, square in moments:
            m, s = F.adaptive_avg_pool2d(mean, n), F.adaptive_avg_pool2d(square, n)
            means.append(m)
            deviations.append((s - m.square()).clamp_min(0).add(1e-4 * s.mean().detach()).sqrt())
        for x, y in (means, deviations):
            scale = (y * worth).abs().sum() / total
            found.append(((x - y).abs() * worth).sum() / total / scale.clamp_min(1e-6))
    return torch.stack(found).mean()


def content(drawn: Tensor, seen: Tensor, tolerance: float = CONTENT_TOLERANCE) -> Tensor:
    """Feature distance to the photo beyond what drawing it costs; without the tolerance it would forbid the style."""
    return F.relu(feature_distance(drawn, seen) - tolerance)


def variation(x: Tensor) -> Tensor:
    """Total variation, mean absolute difference of neighbours."""
    return (x[..., 1:] - x[..., :-1]).abs().mean() + (x[..., 1:, :] - x[..., :-1, :]).abs().mean()


def lab(x: Tensor) -> Tensor:
    """CIE L*a*b* (D65) of sRGB in -1 … 1: [N, 3, H, W] with L in 0 … 100. Differentiable."""
    return differentiable((x.float() + 1) / 2)


def tone_and_colour(output: Tensor, photo: Tensor, cell: int = 16) -> tuple[Tensor, Tensor]:
    """How far lightness and chroma of every cell×cell square moved from the photo's, each beyond a tolerance.

    An artist flattens light and cleans skin: 5 units of CIE Lab are free. 1 = about 20 units. The average counts, so an
    engraver's black and white strokes are as light as what they stand for.
    """
    difference = F.avg_pool2d(lab(output), cell) - F.avg_pool2d(lab(photo), cell)
    chroma = (difference[:, 1:].square().sum(1) + 1e-6).sqrt()
    return F.relu(difference[:, 0].abs() - 5).mean() / 20, F.relu(chroma - 5).mean() / 20
