"""The command `dctnet`."""

from __future__ import annotations

import argparse
import pathlib
import sys

import torch

from .checkpoint import CheckpointError
from .config import ConfigError
from .data import DataError


def _device(name: str) -> torch.device:
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def _ttn(arguments: argparse.Namespace) -> None:
    from . import config, train_ttn

    settings = config.load(arguments.config)
    run = arguments.run or pathlib.Path(".runs") / arguments.config.stem
    paths = train_ttn.Paths(arguments.photos, arguments.exemplars, arguments.pairs, arguments.vgg, run)
    train_ttn.train(settings, paths, arguments.resume, _device(arguments.device))
    print(f"{settings.style}: {settings.train.steps} steps, in {run}")


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="dctnet", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    path = pathlib.Path

    ttn = commands.add_parser("ttn", help="train the texture translation network")
    ttn.add_argument("--config", type=path, required=True, help="a style's TOML file")
    ttn.add_argument("--photos", type=path, required=True, nargs="+", help="folders of photos")
    ttn.add_argument("--exemplars", type=path, required=True, help="folder of the style's drawings")
    ttn.add_argument("--pairs", type=path, help="folder with the photo of each drawing, same stems")
    ttn.add_argument("--vgg", type=path, required=True, help="VGG19 weights, .npz (training/README.md says where from)")
    ttn.add_argument("--run", type=path, help="folder for checkpoints and grids (default .runs/CONFIG)")
    ttn.add_argument("--resume", action="store_true", help="go on from the run's last checkpoint")
    ttn.add_argument("--device", default="auto", help="auto, cpu or cuda")
    ttn.set_defaults(command=_ttn)

    arguments = parser.parse_args(argv)
    try:
        arguments.command(arguments)
    except (CheckpointError, ConfigError, DataError, FileNotFoundError) as error:
        print(f"dctnet: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
