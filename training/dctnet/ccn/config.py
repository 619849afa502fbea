"""Settings of the content calibration network: the `[ccn]` table of a style's TOML file."""

from __future__ import annotations

import dataclasses
import typing

VARIANTS = ("photo", "latent")


@dataclasses.dataclass(frozen=True)
class Shape:
    """What the networks are. `adapt` and `sample` take it from the source's checkpoint."""

    size: int = 256
    """Pixels of a picture's side, a power of two from 8 on."""
    style: int = 128
    """Length of a style vector; config-f has 512."""
    mapping: int = 8
    """Layers of the mapping network; the latent variant alone has one."""
    channel_multiplier: float = 0.25
    """Features above 32 px: 256, 128, 64 at 64, 128, 256 px, times this. Config-f has 2; 0.25 trains on a CPU."""
    cap: int = 128
    """Most features at any resolution; config-f has 512."""
    content: int = 32
    """Side in cells of the photo variant's content code. A finer one reconstructs more sharply and leaves less to
    the layers that learn a style."""
    content_channels: int = 24
    """Numbers in a cell of the content code."""
    critic_cap: int = 128
    """Most features of the discriminator."""

    def __post_init__(self) -> None:
        for name in ("size", "content"):
            value = getattr(self, name)
            if value < 4 or value & (value - 1):
                raise ValueError(f"{name}: must be a power of two from 4 on, not {value}")
        if self.size < 8:
            raise ValueError(f"size: must be 8 or more, not {self.size}")
        if self.content >= self.size:
            raise ValueError(f"content: must be less than size, not {self.content}")


@dataclasses.dataclass(frozen=True)
class Regularisers:
    """Lazy regularisation (StyleGAN2): each is computed now and then and weighs the more for it."""

    r1: float = 10.0
    """γ of R1, the discriminator's squared gradient at real pictures: more trains slower and steadier."""
    r1_every: int = 16
    path: float = 2.0
    """Path length: that a step in W changes the picture by as much everywhere. The latent variant's alone."""
    path_every: int = 4


@dataclasses.dataclass(frozen=True)
class Augmentation:
    """What a discriminator sees is jittered with a probability that follows how much it overfits."""

    target: float = 0.6
    """The mean sign of the discriminator's output on real pictures that the probability is steered to."""
    thousands: float = 20.0
    """Thousand pictures over which the probability could rise from 0 to 1. ADA has 500 for 70,000 photos."""
    most: float = 0.8
    """Beyond 0.8 augmentations leak into what the generator draws (ADA, figure 5)."""
    start: float = 0.0


@dataclasses.dataclass(frozen=True)
class SourceWeights:
    adversarial: float = 1.0
    pixel: float = 4.0
    """Photo variant: L1 to the photo."""
    features: float = 2.0
    """Photo variant: VGG19 features of the photo, at half resolution."""
    identity: float = 5.0
    """Photo variant: 1 - cosine of the face embeddings. It is 0.08 between strangers: a small number."""


@dataclasses.dataclass(frozen=True)
class Source:
    """Training of G_s on photos."""

    steps: int = 20_000
    batch: int = 4
    learning_rate: float = 2e-3
    """Adam's, both networks'."""
    mixing: float = 0.9
    """Latent variant: share of the batches whose finer layers have another style."""
    ema: float = 0.999
    """Decay of the averaged generator, which is the one that is used."""
    loss: SourceWeights = SourceWeights()
    augmentation: Augmentation = Augmentation(thousands=100.0)


@dataclasses.dataclass(frozen=True)
class AdaptWeights:
    adversarial: float = 1.0
    identity: float = 10.0
    """R_id: 1 - cosine of the face embeddings of G_s's and G_t's picture of the same code: 0.08 between strangers."""
    structure: float = 0.5
    """Photo variant: VGG19 features of G_s's picture, beyond what drawing it costs."""
    tone: float = 0.5
    """Photo variant: how light each area of G_s's picture is, beyond a tolerance."""
    colour: float = 0.5
    """Photo variant: the colours of G_s's picture, area by area, beyond a tolerance."""


@dataclasses.dataclass(frozen=True)
class Adapt:
    """Fine-tuning of G_t, a copy of G_s, on exemplars."""

    steps: int = 2_000
    batch: int = 4
    learning_rate: float = 2e-3
    mixing: float = 0.9
    ema: float = 0.998
    frozen: int = 1
    """Resolutions, from the coarsest, that stay G_s's while training. The paper: 0, and a switch afterwards. The photo
    variant's code always is G_s's."""
    grounds: float = 0.8
    """Share of the exemplars shown on an abstracted photo's ground, not on their paper: what the discriminator only
    ever sees on white it makes the generator bleach."""
    loss: AdaptWeights = AdaptWeights()
    augmentation: Augmentation = Augmentation(start=0.3)


@dataclasses.dataclass(frozen=True)
class Sample:
    blend: int = 1
    """Resolutions, from the coarsest, that G_s draws; G_t draws the finer ones. The paper: 1, which is 4 px and the
    mapping (latent) or the content code's (photo). 0 = all G_t's."""
    truncation: float = 0.7
    """Latent variant: how far styles stray from their mean, 1 = as drawn."""
    identity: float = 0.93
    """Least cosine between the embeddings of a pair; others are dropped. With face-api's network an artist's portraits
    lie at 0.96 from their photos (median of 30) and other people's at 0.92."""
    drift: float = 0.08
    """Most mean distance between the landmarks of a pair, in distances between the eyes; others are dropped. An
    artist's lie 0.025 apart (median of 30), 0.07 at most."""


@dataclasses.dataclass(frozen=True)
class Ccn:
    variant: str = "photo"
    """photo: G_s is an autoencoder, and photos are decoded into calibrated targets. latent: G_s is StyleGAN2."""
    shape: Shape = Shape()
    regularisers: Regularisers = Regularisers()
    source: Source = Source()
    adapt: Adapt = Adapt()
    sample: Sample = Sample()
    seed: int = 1
    checkpoint_every: int = 250
    """Steps between two checkpoints: what an interrupted run loses at most."""
    grid_every: int = 500
    """Steps between two pictures of fixed codes."""

    def __post_init__(self) -> None:
        if self.variant not in typing.cast(tuple[str, ...], VARIANTS):
            raise ValueError(f"variant: must be one of {', '.join(VARIANTS)}, not {self.variant!r}")
        for name in ("checkpoint_every", "grid_every"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: must be 1 or more, not {getattr(self, name)}")
