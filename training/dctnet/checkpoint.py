"""Checkpoints: a whole training state, or the averaged network alone in half precision."""

from __future__ import annotations

import dataclasses
import pathlib
import typing

import torch

from .config import Config, Network
from .ttn import Ttn

if typing.TYPE_CHECKING:
    from .train_ttn import State

PARTS = ("network", "average", "texture", "surface", "network_optimizer", "critic_optimizer")


class CheckpointError(ValueError):
    """The file is no checkpoint of this program, or one of another network."""


def _read(path: pathlib.Path) -> dict[str, typing.Any]:
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise CheckpointError(f"there is no checkpoint {path}") from None
    except Exception as error:
        raise CheckpointError(f"{path}: not a checkpoint ({error})") from None
    if not isinstance(content, dict) or "network_shape" not in content:
        raise CheckpointError(f"{path}: not a checkpoint of dctnet")
    return content


def save(state: State, path: pathlib.Path, config: Config) -> None:
    """Writes beside and renames, so that a run killed meanwhile leaves the previous checkpoint whole."""
    content: dict[str, typing.Any] = {part: getattr(state, part).state_dict() for part in PARTS}
    content |= {
        "step": state.step,
        "style": config.style,
        "network_shape": dataclasses.asdict(config.network),
    }
    partial = path.with_suffix(".partial")
    torch.save(content, partial)
    partial.replace(path)


def restore(state: State, path: pathlib.Path, config: Config) -> None:
    """Loads a full checkpoint into `state`; a weights-only one warm-starts both networks and keeps its step."""
    content = _read(path)
    if content["network_shape"] != dataclasses.asdict(config.network):
        raise CheckpointError(f"{path}: holds a network of {content['network_shape']}, the configuration differs")
    if "network" in content:
        for part in PARTS:
            getattr(state, part).load_state_dict(content[part])
    else:
        weights = {name: value.float() for name, value in content["average"].items()}
        state.network.load_state_dict(weights)
        state.average.load_state_dict(weights)
    state.step = content["step"]


def save_weights(source: pathlib.Path, target: pathlib.Path) -> None:
    """Keeps the averaged network alone, in fp16: 3.5 MB at width 32."""
    content = _read(source)
    kept = {key: content[key] for key in ("step", "style", "network_shape")}
    torch.save(kept | {"average": {k: v.half() for k, v in content["average"].items()}}, target)


def load_network(path: pathlib.Path) -> tuple[Ttn, int]:
    """The averaged network of a checkpoint, in fp32 and evaluation mode, and its step."""
    content = _read(path)
    network = Ttn(**dataclasses.asdict(Network(**content["network_shape"])))
    network.load_state_dict({name: value.float() for name, value in content["average"].items()})
    return network.eval().requires_grad_(False), int(content["step"])
