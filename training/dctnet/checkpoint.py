"""Checkpoints: a whole training state, or the averaged network alone in half precision."""

from __future__ import annotations

import dataclasses
import pathlib
import typing

import torch

from .config import Config, Network
from .errors import DctnetError
from .ttn import Ttn


class Part(typing.Protocol):
    """A network, an optimizer or a gradient scaler."""

    def state_dict(self) -> dict[str, typing.Any]: ...

    def load_state_dict(self, state_dict: typing.Any, /) -> object: ...


class Resumable(typing.Protocol):
    """A training state: its step, and its parts by name, `network` and `average` among them."""

    step: int
    average: Ttn
    """What is shown, exported and kept: the network's exponential moving average."""

    def parts(self) -> dict[str, Part]: ...


OPTIONAL = {"scaler"}
"""Parts that a checkpoint may lack: those of earlier versions and of other precisions do."""


class CheckpointError(DctnetError):
    """The file is no checkpoint of this program, or one of another network."""


def read(path: pathlib.Path) -> dict[str, typing.Any]:
    """What `write` wrote. Raises CheckpointError when there is no such file, or another one."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise CheckpointError(f"there is no checkpoint {path}") from None
    except Exception as error:
        raise CheckpointError(f"{path}: not a checkpoint ({error})") from None
    if not isinstance(content, dict):
        raise CheckpointError(f"{path}: not a checkpoint")
    return content


def write(content: dict[str, typing.Any], path: pathlib.Path) -> None:
    """Beside, and renamed, so that a run killed meanwhile leaves the previous checkpoint whole."""
    partial = path.with_suffix(".partial")
    torch.save(content, partial)
    partial.replace(path)


def _read(path: pathlib.Path) -> dict[str, typing.Any]:
    content = read(path)
    if "network_shape" not in content:
        raise CheckpointError(f"{path}: not the checkpoint of a TTN (dctnet ttn)")
    return content


def save(state: Resumable, path: pathlib.Path, config: Config) -> None:
    content: dict[str, typing.Any] = {name: part.state_dict() for name, part in state.parts().items()}
    assert not content.keys() & {"step", "style", "network_shape"}
    content |= {"step": state.step, "style": config.style, "network_shape": dataclasses.asdict(config.network)}
    write(content, path)


def restore(state: Resumable, path: pathlib.Path, config: Config) -> None:
    """Loads a full checkpoint into `state`; a weights-only one warm-starts both networks and keeps its step.

    Raises CheckpointError when the file is another network's.
    """
    content = _read(path)
    if content["network_shape"] != dataclasses.asdict(config.network):
        raise CheckpointError(f"{path}: holds a network of {content['network_shape']}, the configuration differs")
    parts = state.parts()
    if "network" in content:
        if not parts.keys() - OPTIONAL <= content.keys():
            raise CheckpointError(f"{path}: comes from another kind of training")
        for name, part in parts.items():
            if content.get(name):
                part.load_state_dict(content[name])
    else:
        weights = {name: value.float() for name, value in content["average"].items()}
        parts["network"].load_state_dict(weights)
        parts["average"].load_state_dict(weights)
    state.step = content["step"]


def begin_with(path: pathlib.Path, config: Config, *networks: Ttn) -> None:
    """Gives the networks another run's averaged weights. Raises CheckpointError when its network has another shape."""
    content = _read(path)
    if content["network_shape"] != dataclasses.asdict(config.network):
        raise CheckpointError(f"{path}: holds a network of {content['network_shape']}, the configuration differs")
    for network in networks:
        network.load_state_dict({name: value.float() for name, value in content["average"].items()})


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
