"""What each part of the recipe is worth: the same training without it, with the same budget and the same measure."""

from __future__ import annotations

import dataclasses
import pathlib
from typing import Any

import torch

from . import checkpoint, grid
from .config import Config
from .errors import DctnetError
from .evaluation.result import Report
from .evaluation.style import Evaluation, Inputs
from .loop import Paths
from .ttn import train

WHOLE = "whole recipe"
WITHOUT: dict[str, dict[str, dict[str, Any]]] = {
    "CCN": {"exemplars": {"samples": 0.0}},
    "rotation": {"gem": {"rotation": 0.0, "any_rotation_share": 0.0}},
    "R_exp": {"loss": {"expression": 0.0}},
    "style critics": {"loss": {"style": 0.0}},
    "texture and surface": {"loss": {"texture": 0.0, "surface": 0.0}},
}
"""Which settings leave a part out."""


def variants(config: Config, steps: int) -> dict[str, Config]:
    """The whole recipe and every one that lacks a part, each of `steps` steps."""
    found = {WHOLE: dataclasses.replace(config, train=dataclasses.replace(config.train, steps=steps))}
    for part, tables in WITHOUT.items():
        changed = {name: dataclasses.replace(getattr(config, name), **values) for name, values in tables.items()}
        found[f"without {part}"] = dataclasses.replace(found[WHOLE], **changed)
    return found


def parts_of(config: Config, has_samples: bool) -> list[str]:
    """The keys of `WITHOUT` that this recipe has: leaving out another would train the same network twice."""
    found = []
    for part, tables in WITHOUT.items():
        has = any(getattr(getattr(config, name), key) for name, values in tables.items() for key in values)
        if has and (has_samples or part != "CCN"):
            found.append(part)
    return found


def ablate(
    config: Config,
    paths: Paths,
    inputs: Inputs,
    steps: int,
    parts: list[str],
    device: torch.device,
    start: pathlib.Path | None = None,
) -> Report:
    """Trains the whole recipe and those without `parts` (keys of `WITHOUT`), each from its last checkpoint where it has
    one, in a folder of its own below `paths.run`, and measures them all on the same pictures. `start` is a network that
    all begin with. Raises DctnetError for a part that the recipe has not."""
    known = parts_of(config, paths.samples is not None)
    unknown = sorted(set(parts) - set(known))
    if unknown:
        raise DctnetError(
            f"--without {unknown[0]}: no part of this recipe; it has {', '.join(known)}"
            f"{'' if paths.samples else ' (CCN needs --samples)'}"
        )
    chosen = {name: c for name, c in variants(config, steps).items() if name == WHOLE or name[8:] in parts}
    folders = {name: paths.run / name.replace(" ", "-").lower() for name in chosen}
    for name, settings in chosen.items():
        print(f"{name}: {settings.train.steps} steps", flush=True)
        train.train(settings, dataclasses.replace(paths, run=folders[name]), True, device, start)
    evaluation = Evaluation(config, inputs)
    for name, folder in folders.items():
        network, _ = checkpoint.load_network(pathlib.Path(folder) / "checkpoint.pt")
        evaluation.add(name, lambda photo, network=network: grid.stylize(network, photo, torch.device("cpu")))
    return evaluation.report
