"""`dctnet export`: a style's checkpoints become models of a Triton repository."""

from __future__ import annotations

import argparse
import pathlib


def run(arguments: argparse.Namespace) -> None:
    from .. import quantize, repository, variants

    repository.check_style(arguments.style)
    photos = quantize.calibration_photos(arguments.int8) if arguments.int8 else []
    for line in variants.write(
        arguments.models, arguments.style, arguments.checkpoint, arguments.edge, photos, arguments.gray
    ):
        print(line, flush=True)


def add(commands: argparse._SubParsersAction) -> None:
    path = pathlib.Path
    parser = commands.add_parser("export", help="write a style's checkpoints as ONNX into a model repository")
    parser.add_argument("style", help="the style's id, as URLs name it")
    parser.add_argument("--checkpoint", type=path, required=True, help="the full network: ttn_STYLE and _fp16")
    parser.add_argument("--edge", type=path, help="also ttn_STYLE_edge, of this checkpoint")
    parser.add_argument(
        "--int8", type=path, nargs="+", metavar="PHOTOS", help="also ttn_STYLE_int8, calibrated on these folders"
    )
    parser.add_argument("--gray", action="store_true", help="a style without colour: give the lightness alone")
    parser.add_argument("--models", type=path, default=path("models"), help="the repository (default models)")
    parser.set_defaults(command=run)
