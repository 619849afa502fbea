"""`dctnet segmenter`: what tells people from their ground, in the model repository."""

from __future__ import annotations

import argparse
import pathlib

from ..arguments import whole


def _export(arguments: argparse.Namespace) -> None:
    from ..matting import served

    path = served.write(arguments.models, arguments.weights)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


def _measure(arguments: argparse.Namespace) -> None:
    from .. import export
    from ..evaluation import matting
    from ..matting import served

    session = export.session(arguments.models / served.NAME / "1" / "model.onnx", arguments.threads)
    parts = matting.measure(
        lambda picture: served.matte_of(session, picture),
        arguments.weights,
        arguments.even,
        arguments.photos,
        arguments.count,
    )
    for part in parts:
        print(f"{part}\n", flush=True)


def _sheet(arguments: argparse.Namespace) -> None:
    from .. import export
    from ..evaluation import matting
    from ..matting import served

    session = export.session(arguments.models / served.NAME / "1" / "model.onnx", arguments.threads)
    matting.sheet(lambda picture: served.matte_of(session, picture), arguments.photos, arguments.count).save(
        arguments.to
    )


def add(commands: argparse._SubParsersAction) -> None:
    from ..faces.weights import DEFAULT

    path = pathlib.Path
    verbs = commands.add_parser("segmenter", help="what tells people from their ground").add_subparsers(
        required=True, metavar="VERB"
    )
    export = verbs.add_parser("export", help="write person_segmenter into the model repository")
    measure = verbs.add_parser("measure", help="print how well its mattes are, against known ones and itself")
    sheet = verbs.add_parser("sheet", help="draw what it cuts out of photos, before magenta")
    for verb in (export, measure, sheet):
        verb.add_argument("--models", type=path, default=path("models"), help="the repository (default models)")
    for verb in (export, measure):
        verb.add_argument("--weights", type=path, default=DEFAULT, help=f"what dctnet fetch filled (default {DEFAULT})")
    for verb in (measure, sheet):
        verb.add_argument("--photos", type=path, nargs="+", required=True, help="folders of photos with people")
        verb.add_argument("--count", type=whole(), default=48, help="photos, as many of every folder (default 48)")
        verb.add_argument(
            "--threads",
            type=whole(0, 1024),
            default=0,
            help="of one network's run (default: as many as PyTorch has)",
        )
    measure.add_argument(
        "--even", type=path, required=True, help="folder of photos before an even ground, from which mattes are known"
    )
    sheet.add_argument("--to", type=path, default=path("cut-outs.png"), help="file (default cut-outs.png)")
    export.set_defaults(command=_export)
    measure.set_defaults(command=_measure)
    sheet.set_defaults(command=_sheet)
