"""`dctnet weights`: keeps a checkpoint's averaged network alone."""

from __future__ import annotations

import argparse
import pathlib


def run(arguments: argparse.Namespace) -> None:
    from .. import checkpoint

    checkpoint.save_weights(arguments.checkpoint, arguments.output)
    print(f"{arguments.output}: {arguments.output.stat().st_size / 1e6:.1f} MB")


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("weights", help="keep a checkpoint's averaged network alone, in fp16")
    parser.add_argument("--checkpoint", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.set_defaults(command=run)
