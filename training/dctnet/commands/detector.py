"""`dctnet detector`: the face detector of the model repository."""

from __future__ import annotations

import argparse
import pathlib


def _export(arguments: argparse.Namespace) -> None:
    from ..faces import served

    path = served.write(arguments.models, arguments.weights)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


def add(commands: argparse._SubParsersAction) -> None:
    from ..faces.weights import DEFAULT

    path = pathlib.Path
    verbs = commands.add_parser("detector", help="the face detector of the model repository").add_subparsers(
        required=True, metavar="VERB"
    )
    export = verbs.add_parser("export", help="write face_detector into the model repository")
    export.add_argument("--weights", type=path, default=DEFAULT, help=f"what dctnet fetch filled (default {DEFAULT})")
    export.add_argument("--models", type=path, default=path("models"), help="the repository (default models)")
    export.set_defaults(command=_export)
