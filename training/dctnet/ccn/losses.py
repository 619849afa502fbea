"""The losses of the content calibration network (StyleGAN2; DCT-Net's R_id), each a plain function."""

from __future__ import annotations

import math
import typing

import torch
import torch.nn.functional as F
from torch import Tensor, nn

FACE = (35, 223, 32, 220)
"""Top, bottom, left and right of the face in an FFHQ-aligned picture of 256 px (DCT-Net)."""
PATH_DECAY = 0.01


def logistic_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """-log σ(D(x)) - log(1 - σ(D(G)))."""
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def logistic_generator(fake: Tensor) -> Tensor:
    """-log σ(D(G)): non-saturating, so that a generator that is found out still learns."""
    return F.softplus(-fake).mean()


def r1(real: Tensor, logits: Tensor) -> Tensor:
    """Mean over samples of the squared gradient of D at real pictures (Mescheder et al. 2018); `real` needs grad."""
    (gradient,) = torch.autograd.grad(logits.sum(), real, create_graph=True)
    return gradient.square().sum((1, 2, 3)).mean()


def path_lengths(pictures: Tensor, styles: Tensor, noise: Tensor | None = None) -> Tensor:
    """[N]: |Jᵀ y| for y ~ N(0, 1) / √(pixels), the norm per layer's style averaged over layers in quadrature."""
    noise = torch.randn_like(pictures) if noise is None else noise
    scaled = noise / math.sqrt(pictures.shape[2] * pictures.shape[3])
    (gradient,) = torch.autograd.grad((pictures * scaled).sum(), styles, create_graph=True)
    return gradient.square().sum(2).mean(1).sqrt()


def path_penalty(lengths: Tensor, mean: Tensor) -> tuple[Tensor, Tensor]:
    """(penalty, new running mean): the mean follows the lengths slowly, and they are pulled to it."""
    moved = mean + PATH_DECAY * (lengths.detach().mean() - mean)
    return (lengths - moved).square().mean(), moved


class Embeds(typing.Protocol):
    """A face recognition network: crops of faces [N, 3, H, W] in -1 … 1 → embeddings [N, D]."""

    def __call__(self, faces: Tensor, /) -> Tensor: ...


def face(pictures: Tensor) -> Tensor:
    """The face of FFHQ-aligned pictures [N, 3, S, S], [N, 3, 0.734 S, 0.734 S]."""
    side = pictures.shape[-1]
    top, bottom, left, right = (round(v * side / 256) for v in FACE)
    return pictures[..., top:bottom, left:right]


def embedding(embed: Embeds | nn.Module, pictures: Tensor) -> Tensor:
    """[N, D] of the faces, in full precision: cosines of friend and stranger differ by 0.04, and bf16 rounds."""
    with torch.autocast(pictures.device.type, enabled=False):
        return embed(face(pictures.float()))


def similarity(embed: Embeds | nn.Module, a: Tensor, b: Tensor) -> Tensor:
    """[N] cosine between the face embeddings of aligned pictures."""
    return F.cosine_similarity(embedding(embed, a), embedding(embed, b))


def identity(embed: Embeds | nn.Module, drawn: Tensor, source: Tensor) -> Tensor:
    """R_id: 1 - cosine. Live: the gradient reaches `drawn`. The source is what G_s drew, and is not moved."""
    with torch.no_grad():
        wanted = embedding(embed, source)
    return (1 - F.cosine_similarity(embedding(embed, drawn), wanted)).mean()
