"""`dctnet halve`: stores the weights of networks as float16."""

from __future__ import annotations

import argparse
import pathlib

from ..arguments import whole


def run(arguments: argparse.Namespace) -> None:
    from .. import data, halves

    photos = [data.read(path, arguments.size) for path in data.pictures(arguments.photos, "photos")[: arguments.count]]
    for network in arguments.networks:
        done = halves.write(network, photos)
        print(
            f"{network}: {done.before / 1e6:.2f} → {done.after / 1e6:.2f} MB; of {len(photos)} photos of "
            f"{arguments.size}² a value moves by {done.levels} levels at most, {done.mean:.3f} on average",
            flush=True,
        )


def add(commands: argparse._SubParsersAction) -> None:
    path = pathlib.Path
    parser = commands.add_parser("halve", help="store the weights of networks as float16, as export does for the edge")
    parser.add_argument("networks", type=path, nargs="+", metavar="MODEL/1/model.onnx", help="rewritten in place")
    parser.add_argument(
        "--photos",
        type=path,
        nargs="+",
        default=[path("src/edge/page"), path("docs/grids")],
        help="folders of pictures to compare on (default: the repository's)",
    )
    parser.add_argument("--count", type=whole(), default=48, help="photos at most (default 48)")
    parser.add_argument("--size", type=whole(32, 4096), default=384, help="pixels of their sides (default 384)")
    parser.set_defaults(command=run)
