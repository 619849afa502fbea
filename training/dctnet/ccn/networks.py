"""The two variants behind one face: codes, and a synthesis network that draws them.

A code is what G_s and G_t share: (w+,) of the latent variant, (content, styles) of the photo variant.
"""

from __future__ import annotations

import copy
import dataclasses
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..ttn.discriminator import PatchDiscriminator
from .config import Ccn, Shape
from .photo import Autoencoder, Decoder
from .stylegan2 import Discriminator, Generator, mixed

Code = tuple[Tensor, ...]
Network = Generator | Autoencoder
Synthesis = Generator | Decoder


def new(variant: str, shape: Shape) -> Network:
    return Generator(shape) if variant == "latent" else Autoencoder(shape)


def synthesis(network: Network) -> Synthesis:
    """The part that draws a code: what G_t is a copy of."""
    return network if isinstance(network, Generator) else network.decoder


def latent_code(generator: Generator, count: int, mixing: float) -> Code:
    """Random styles; draws from torch's global generator."""
    z = torch.randn(2, count, generator.shape.style).to(generator.input.input.device)
    return (mixed(generator, z, mixing),)


def noise_sides(network: Synthesis) -> list[int]:
    """The side of the noise picture of each convolution."""
    base = 4 if isinstance(network, Generator) else network.shape.content
    levels = int(math.log2(network.shape.size // base))
    return [base] + [base * 2**level for level in range(1, levels + 1) for _ in range(2)]


def draw_noise(network: Synthesis, count: int, device: torch.device, seed: int | None = None) -> list[Tensor]:
    """[count, 1, h, w] for every convolution. G_s and G_t get the same, so that they differ by their weights alone."""
    draw = None if seed is None else torch.Generator().manual_seed(seed)
    return [torch.randn(count, 1, side, side, generator=draw).to(device) for side in noise_sides(network)]


def is_coarse(name: str, levels: int) -> bool:
    """Whether a parameter or buffer of a synthesis network belongs to its first `levels` resolutions; 0: none does."""
    group, *rest = name.split(".")
    if group == "convs":
        return levels >= int(rest[0]) // 2 + 2
    if group == "to_rgbs":
        return levels >= int(rest[0]) + 2
    if group == "noises":
        return levels >= (int(rest[0].removeprefix("noise_")) + 1) // 2 + 1
    # The mapping and the constant, or the code's expansion, and the first convolution and picture: 4 px, or the code's.
    return levels >= 1


def blend(source: Synthesis, target: Synthesis, levels: int) -> Synthesis:
    """G_t with G_s's first resolutions: content stays the source's (DCT-Net's hard switch is after 4 px, the first)."""
    blended = copy.deepcopy(target)
    taken = {name: value for name, value in source.state_dict().items() if is_coarse(name, levels)}
    blended.load_state_dict(target.state_dict() | taken)
    return blended


class Critics(nn.Module):
    """D: StyleGAN2's alone (latent), or on half the resolution beside a patch critic on a piece of the picture (photo).

    The photo variant's two cost a quarter of one that sees all at full resolution, and strokes are a patch's matter.
    """

    def __init__(self, settings: Ccn, shape: Shape) -> None:
        super().__init__()
        slim = dataclasses.replace(shape, cap=min(shape.cap, shape.critic_cap))
        self.patch: PatchDiscriminator | None = None
        if settings.variant == "photo":
            slim = dataclasses.replace(slim, size=shape.size // 2, content=min(shape.content, shape.size // 4))
            self.patch = PatchDiscriminator(3)
        self.whole = Discriminator(slim)

    def seen(self, pictures: Tensor) -> Tensor:
        """What `whole` looks at."""
        return pictures if self.patch is None else F.avg_pool2d(pictures, 2)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """Logits of the whole pictures [N, 1] and of half-sized pieces [N, 1, h, w]; where they lie is drawn."""
        logits = [self.whole(self.seen(pictures)).float()]
        if self.patch is not None:
            side = pictures.shape[-1] // 2
            y, x = (int(v) for v in torch.randint(0, side + 1, (2,)))
            logits.append(self.patch(pictures[..., y : y + side, x : x + side]).float())
        return logits
