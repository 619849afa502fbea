"""Checkpoints of the content calibration network, and FFHQ checkpoints of the rosinality layout."""

from __future__ import annotations

import dataclasses
import pathlib
import typing

from torch import Tensor, nn

from ..checkpoint import CheckpointError, Part, read, write
from .config import Ccn, Shape
from .networks import Network, Synthesis, new, synthesis

SOURCE, TARGET = "ccn source", "ccn target"


class State(typing.Protocol):
    """A training state: its step, and its parts by name, `average` among them."""

    step: int
    average: typing.Any

    def parts(self) -> dict[str, Part]: ...


def _of(path: pathlib.Path, kind: str) -> dict[str, typing.Any]:
    content = read(path)
    if content.get("kind") != kind:
        raise CheckpointError(f"{path}: not the checkpoint of a {kind.removeprefix('ccn ')} network (dctnet {kind})")
    return content


def save(state: State, path: pathlib.Path, kind: str, variant: str, shape: Shape) -> None:
    content: dict[str, typing.Any] = {name: part.state_dict() for name, part in state.parts().items()}
    content |= {"kind": kind, "variant": variant, "shape": dataclasses.asdict(shape), "step": state.step}
    write(content, path)


def restore(state: State, path: pathlib.Path, kind: str, variant: str, shape: Shape) -> None:
    """Raises CheckpointError when the file is another network's or has less than a whole state."""
    content = _of(path, kind)
    if content["variant"] != variant or content["shape"] != dataclasses.asdict(shape):
        raise CheckpointError(f"{path}: holds a {content['variant']} network of {content['shape']}")
    parts = state.parts()
    if not parts.keys() <= content.keys():
        raise CheckpointError(f"{path}: holds an imported network alone and cannot be resumed; adapt it")
    for name, part in parts.items():
        part.load_state_dict(content[name])
    state.step = content["step"]


def load_source(path: pathlib.Path) -> tuple[str, Shape, Network, dict[str, Tensor] | None]:
    """(variant, shape, the averaged G_s in evaluation mode, its discriminator's state where there is one)."""
    content = _of(path, SOURCE)
    shape = Shape(**content["shape"])
    network = new(content["variant"], shape)
    network.load_state_dict(content["average"])
    return content["variant"], shape, network.eval().requires_grad_(False), content.get("critics")


def load_target(path: pathlib.Path) -> Synthesis:
    """The averaged G_t in evaluation mode."""
    content = _of(path, TARGET)
    network = synthesis(new(content["variant"], Shape(**content["shape"])))
    network.load_state_dict(content["average"])
    return network.eval().requires_grad_(False)


def load_layout(module: nn.Module, state: typing.Mapping[str, Tensor], where: str) -> None:
    """Loads a state dict of the module's own names and shapes; raises CheckpointError naming what differs."""
    own = module.state_dict()
    missing, odd = sorted(own.keys() - state.keys()), sorted(state.keys() - own.keys())
    if missing:
        raise CheckpointError(f"{where}: {len(missing)} keys are missing, {missing[0]} first")
    if odd:
        raise CheckpointError(f"{where}: {len(odd)} keys belong to another network, {odd[0]} first")
    for name, value in own.items():
        if value.shape != state[name].shape:
            raise CheckpointError(f"{where}: {name} is {list(state[name].shape)}, not {list(value.shape)}")
    module.load_state_dict(state)


def import_layout(path: pathlib.Path, target: pathlib.Path, settings: Ccn) -> Shape:
    """Turns a checkpoint of the rosinality layout (`g_ema`, and `d` where there is one) into a source of this program.

    Size, style length, mapping depth and multiplier are read off the arrays. Raises CheckpointError.
    """
    from .networks import Critics

    content = read(path)
    if "g_ema" not in content:
        raise CheckpointError(f"{path}: no g_ema; expected a StyleGAN2 checkpoint with g_ema and d")
    state = content["g_ema"]
    shape = layout_shape(state, str(path))
    generator = new("latent", shape)
    load_layout(generator, state, f"{path}: g_ema")
    parts: dict[str, typing.Any] = {"average": generator.state_dict()}
    if "d" in content:
        critics = Critics(dataclasses.replace(settings, variant="latent"), shape)
        load_layout(critics.whole, content["d"], f"{path}: d")
        parts["critics"] = critics.state_dict()
    parts |= {"kind": SOURCE, "variant": "latent", "shape": dataclasses.asdict(shape), "step": 0}
    target.parent.mkdir(parents=True, exist_ok=True)
    write(parts, target)
    return shape


def layout_shape(state: typing.Mapping[str, Tensor], where: str) -> Shape:
    """Size, widths and mapping of a generator's state dict. Raises CheckpointError where they cannot be read off."""
    try:
        style = state["style.1.weight"].shape[0]
        mapping = sum(k.startswith("style.") and k.endswith(".weight") for k in state)
        levels = sum(k.startswith("to_rgbs.") and k.endswith(".conv.weight") for k in state)
        cap = state["input.input"].shape[1]
        last = state[f"to_rgbs.{levels - 1}.conv.weight"].shape[2]
    except KeyError as error:
        raise CheckpointError(f"{where}: no {error.args[0]}; not a StyleGAN2 generator of this layout") from None
    size = 4 * 2**levels
    return Shape(
        size=size,
        style=style,
        mapping=mapping,
        channel_multiplier=last * size / 16384,
        cap=cap,
        content=min(32, size // 2),
        critic_cap=cap,
    )
