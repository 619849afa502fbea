"""`dctnet detector`: the face detector of the model repository."""

from __future__ import annotations

import argparse
import pathlib

from ..arguments import whole


def _export(arguments: argparse.Namespace) -> None:
    from ..faces import served

    path = served.write(arguments.models, arguments.weights)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


def _measure(arguments: argparse.Namespace) -> None:
    import torch

    from .. import export
    from ..evaluation import detection
    from ..faces import served

    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    session = export.session(arguments.models / served.NAME / "1" / "model.onnx", arguments.threads)
    truths, looked_at = detection.truths(arguments.photos, arguments.weights, arguments.count)
    parts = detection.measure(lambda picture: served.found(session, picture), truths, looked_at, arguments.turned)
    for part in parts:
        print(f"{part}\n", flush=True)


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

    measure = verbs.add_parser(
        "measure", help="print what it finds in photos as they are, turned, small, and without faces"
    )
    measure.add_argument("--photos", type=path, nargs="+", required=True, help="folders of photos with one face each")
    measure.add_argument("--weights", type=path, default=DEFAULT, help=f"what dctnet fetch filled (default {DEFAULT})")
    measure.add_argument("--models", type=path, default=path("models"), help="the repository (default models)")
    measure.add_argument("--count", type=whole(), default=120, help="photos, as many of every folder (default 120)")
    measure.add_argument(
        "--turned",
        type=whole(0),
        default=16,
        help="photos that are turned and put into scenes; 0 for none (default 16)",
    )
    measure.add_argument(
        "--threads",
        type=whole(0, 1024),
        default=0,
        help="of one network's run (default: as many as PyTorch has)",
    )
    measure.set_defaults(command=_measure)
