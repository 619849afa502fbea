"""Training configuration: a TOML file parsed into dataclasses; an unknown or ill-typed key is an error."""

from __future__ import annotations

import dataclasses
import pathlib
import tomllib
import typing

from .ccn.config import Ccn
from .errors import DctnetError
from .prepare.config import Prepare

CONTENT_TOLERANCE = 0.45
"""One artist's drawings lie 0.51 from their photos (VGG19 conv3_4 at 64², mean of 20 pairs)."""


class ConfigError(DctnetError):
    """The configuration file cannot be used; the message names the key."""


@dataclasses.dataclass(frozen=True)
class Network:
    width: int = 32
    """Channels at half resolution; 32 is the server network, 16 the edge network."""
    blocks: int = 5
    """Residual blocks at one eighth of the resolution."""


@dataclasses.dataclass(frozen=True)
class Gem:
    """Geometry expansion, drawn independently for photos and for exemplars."""

    coverage: tuple[float, float] = (0.48, 1.1)
    """Share of the picture's side that a training crop spans; log-uniform."""
    rotation: float = 12.0
    """Degrees; most crops are rotated by N(0, rotation)."""
    any_rotation_share: float = 0.1
    """Share of the crops rotated by an angle drawn from the whole circle."""
    hue_share: float = 0.25
    """Share of the samples whose hue is turned by any angle, the same for a photo and its drawing."""
    fill: str = "reflect"
    """What a crop shows beyond its picture: `reflect` (it mirrored), `edge` (its last pixels) or `white` (paper)."""

    def __post_init__(self) -> None:
        if self.fill not in ("reflect", "edge", "white"):
            raise ConfigError(f"gem.fill: must be reflect, edge or white, not {self.fill!r}")


@dataclasses.dataclass(frozen=True)
class Exemplars:
    """How drawings are fitted to photos; see `fit.py` and `ground.py`."""

    ground: str = "ink"
    """What stands behind a person: `ink` (flat areas with lines), `flat` (without), `hatch` (engraved strokes) or
    `clay` (smooth, as a model of a rendered film)."""
    tone: float = 0.5
    """How far the lightness around each place of a drawing is moved to the photo's. 0 = as drawn, 1 = as photographed.
    An artist may draw people lighter than they are; a service must not lighten its users' skin. Drawings are chosen by
    their skin first (`fit.thumbnail`): little is needed where every skin is among them, 0.9 where one alone is."""
    colour: float = 0.9
    """The same of the colours; 0 for a style that has its own."""
    features: float = 0.0
    """How far a fitted drawing's eyes and mouth are the photo's own; critics see no others then. A style whose few
    drawings all have the same would give them to everybody."""
    eyes: float = 1.0
    """How many times their size such eyes have."""
    hair: bool = True
    """Whether a fitted drawing reaches beyond the face. Without, hair is the photo's own, abstracted as its ground is:
    for styles with so few haircuts that nobody would be given their own."""
    bend: float = 1.0
    """How far a drawing's features are moved to the photo's: 1 = all the way, 0 = the style keeps its proportions."""
    choice: int = 12
    """How many of the drawings that look most like a photo are fitted to it. Which one it will be cannot be foreseen,
    and the network's answer is their mean: 2 where a style exaggerates, so that its shapes are learnt."""
    samples: float = 0.25
    """Share of the CCN's samples among the targets and among what the discriminators see as real, where there are any
    (`dctnet ttn --samples`)."""
    around: float = 0.3
    """How far to believe a fitted drawing outside the face, where hair and clothes are another person's."""

    def __post_init__(self) -> None:
        if self.ground not in ("ink", "flat", "hatch", "clay"):
            raise ConfigError(f"exemplars.ground: must be ink, flat, hatch or clay, not {self.ground!r}")
        if not 0 <= self.samples <= 1:
            raise ConfigError(f"exemplars.samples: must be a share from 0 to 1, not {self.samples}")


@dataclasses.dataclass(frozen=True)
class Weights:
    """Weights of the generator's losses; see `losses.py` for each formula."""

    texture: float = 1.2
    """Lines and brushwork: more makes inkier pictures, and strokes where there is nothing to draw."""
    surface: float = 0.8
    """Flat areas between the lines."""
    style: float = 1.0
    """The style as VGG sees it: lines, hatching, gloss, and what it leaves out of a photo."""
    statistics: float = 0.5
    """How light, coloured and busy each place is, against drawings fitted to the photo."""
    shape: float = 0.0
    """The features of fitted drawings' faces, place by place: eyes as large and mouths as small as the style has them.
    For styles of other proportions than people's; it takes some of the likeness."""
    pixel: float = 0.0
    """Fitted drawings, pixel by pixel (L1), as far as each place is believed: smooth shading, which no critic of lines
    sees. Only where the drawing for a photo is certain (`exemplars.choice` 1); of several it would be a blur."""
    content: float = 1.0
    """The photo's shapes, beyond what drawing them costs."""
    tone: float = 0.25
    """The photo's lightness, area by area."""
    colour: float = 0.5
    """The photo's colours, area by area; 0 for a style that has none."""
    expression: float = 0.0
    """Eyes and mouth as open as the photo's, by the regressor of `dctnet expression`: about 1 for a style that
    exaggerates them, as in the paper. 0 needs no regressor."""
    variation: float = 0.02
    """Against noise; too much of it blurs."""


@dataclasses.dataclass(frozen=True)
class Tolerance:
    """What a drawing may change for nothing."""

    content: float = CONTENT_TOLERANCE
    """VGG19 features of the photo's shapes, as a share of their size: less keeps a picture calmer and nearer to the
    photo. It bounds how far a style goes; `loss.content` how firmly."""


@dataclasses.dataclass(frozen=True)
class Train:
    steps: int = 15_000
    """Updates of the network, 1 or more; the learning rate's course follows from it."""
    batch: int = 4
    """Samples that a process looks at at a time. An update sees this × `accumulate` × processes of them."""
    accumulate: int = 1
    """Batches whose gradients are added up before an update: a larger batch than memory holds. N processes with 1 learn
    what one with N does."""
    precision: str = "bf16-mixed"
    """`bf16-mixed` (CPU and CUDA), `16-mixed` (CUDA before Ampere; the loss is scaled) or `32-true`."""
    crop: int = 256
    """Pixels of a training picture's side, a multiple of 8 from 32 on."""
    learning_rate: float = 3e-4
    """Adam's, of the network and of the critics."""
    reconstruction: int = 400
    """The first steps, in which the network only learns to give the photo back; a fifth as dear as the others."""
    warmup: int = 30
    """Updates of the critics over which the network's learning rate rises: critics that know nothing teach nothing."""
    decay_from: float = 0.6
    """Share of the steps after which the learning rate falls along a half cosine to a twentieth."""
    ema: float = 0.999
    """Decay of the averaged network, which is the one that is exported."""
    seed: int = 1
    checkpoint_every: int = 250
    """Steps between two checkpoints: what an interrupted run loses at most."""
    grid_every: int = 500
    """Steps between two pictures of fixed photos."""

    def __post_init__(self) -> None:
        for name in ("steps", "batch", "accumulate", "checkpoint_every", "grid_every"):
            if getattr(self, name) < 1:
                raise ConfigError(f"train.{name}: must be 1 or more, not {getattr(self, name)}")
        if self.precision not in ("bf16-mixed", "16-mixed", "32-true"):
            raise ConfigError(f"train.precision: must be bf16-mixed, 16-mixed or 32-true, not {self.precision!r}")
        if self.crop < 32 or self.crop % 8:
            raise ConfigError(f"train.crop: must be a multiple of 8 from 32 on, not {self.crop}")


@dataclasses.dataclass(frozen=True)
class Config:
    style: str
    hold_out: tuple[str, ...] = ()
    """Stems of the exemplars that training never sees; `dctnet evaluate` measures on them."""
    network: Network = Network()
    gem: Gem = Gem()
    exemplars: Exemplars = Exemplars()
    loss: Weights = Weights()
    tolerance: Tolerance = Tolerance()
    train: Train = Train()
    prepare: Prepare = dataclasses.field(default_factory=Prepare)
    ccn: Ccn = dataclasses.field(default_factory=Ccn)


def _parse(kind: type, value: object, where: str) -> object:
    origin = typing.get_origin(kind)
    if dataclasses.is_dataclass(kind):
        if not isinstance(value, dict):
            raise ConfigError(f"{where or 'the file'}: expected a table")
        types = typing.get_type_hints(kind)
        unknown = sorted(set(value) - set(types))
        if unknown:
            raise ConfigError(f"{where}{'.' if where else ''}{unknown[0]}: no such setting; known: {', '.join(types)}")
        fields = {k: _parse(types[k], v, f"{where}{'.' if where else ''}{k}") for k, v in value.items()}
        try:
            return kind(**fields)
        except ConfigError:
            raise
        except (TypeError, ValueError) as error:
            raise ConfigError(f"{where or 'the file'}: {error}") from None
    if origin is tuple:
        inner = typing.get_args(kind)
        if not isinstance(value, list) or (inner[-1] is not Ellipsis and len(value) != len(inner)):
            raise ConfigError(f"{where}: expected a list of {'strings' if inner[-1] is Ellipsis else len(inner)}")
        return tuple(_parse(inner[0], v, where) for v in value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ConfigError(f"{where}: expected {kind.__name__}, got {value!r}")
    return value


def load(path: pathlib.Path) -> Config:
    """Reads a style's TOML file. Raises ConfigError with the offending key, OSError when it cannot be read."""
    try:
        table = tomllib.loads(path.read_text("utf8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {error}") from None
    return typing.cast(Config, _parse(Config, table, ""))
