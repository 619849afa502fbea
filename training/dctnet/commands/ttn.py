"""`dctnet ttn`: trains or distils the texture translation network."""

from __future__ import annotations

import argparse
import pathlib


def run(arguments: argparse.Namespace) -> None:
    from .. import config, device, loop
    from ..ttn import distill, train

    settings = config.load(arguments.config)
    if arguments.teacher is not None:
        settings = distill.narrowed(settings)
    edge = "" if arguments.teacher is None else "_edge"
    folder = arguments.run or pathlib.Path(".runs") / f"{arguments.config.stem}{edge}"
    folder.mkdir(parents=True, exist_ok=True)
    paths = loop.Paths(
        arguments.photos,
        arguments.exemplars,
        arguments.vgg,
        arguments.weights,
        folder,
        arguments.cache,
        arguments.samples,
    )
    where = device.choose(arguments.device)
    if arguments.teacher is None:
        train.train(settings, paths, arguments.resume, where, arguments.start)
    else:
        distill.distill(settings, paths, arguments.teacher, arguments.resume, where)
    print(f"{settings.style}: {settings.train.steps} steps, in {folder}")


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("ttn", help="train the texture translation network")
    parser.add_argument("--config", type=pathlib.Path, required=True, help="a style's TOML file")
    parser.add_argument("--photos", type=pathlib.Path, required=True, nargs="+", help="folders of photos")
    parser.add_argument(
        "--exemplars", type=pathlib.Path, help="folder of the style's drawings; needed but with --teacher"
    )
    parser.add_argument(
        "--samples", type=pathlib.Path, help="calibrated pairs, a folder that `dctnet ccn sample` wrote"
    )
    parser.add_argument("--weights", type=pathlib.Path, help="folder of the face networks (dctnet fetch)")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path(".runs/cache"), help="packed pictures")
    parser.add_argument(
        "--vgg",
        type=pathlib.Path,
        required=True,
        help="VGG19 weights, .pth of torchvision or .npz (training/README.md)",
    )
    parser.add_argument(
        "--run", type=pathlib.Path, help="folder for checkpoints and grids (default .runs/CONFIG, or .runs/CONFIG_edge)"
    )
    parser.add_argument(
        "--teacher", type=pathlib.Path, help="teach the style's edge network, half as wide, what this checkpoint draws"
    )
    parser.add_argument(
        "--start", type=pathlib.Path, help="begin with this checkpoint's network; its data's licence comes along"
    )
    parser.add_argument("--resume", action="store_true", help="go on from the run's last checkpoint")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.set_defaults(command=run)
