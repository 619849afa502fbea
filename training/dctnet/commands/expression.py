"""`dctnet expression`: trains the regressor of eye and mouth openness that the expression loss uses."""

from __future__ import annotations

import argparse
import pathlib

from ..arguments import positive, whole


def run(arguments: argparse.Namespace) -> None:
    from ..expression import network, train

    faces = train.load_faces(arguments.faces, arguments.weights, arguments.run)
    regressor, steps = train.fit(faces, arguments.steps, arguments.minutes)
    network.save(regressor, arguments.output)
    for agreement in train.agreements(network.load(arguments.output), faces, arguments.faces):
        print(agreement)
    parameters = sum(p.numel() for p in regressor.parameters())
    kilobytes = arguments.output.stat().st_size / 1000
    print(f"{arguments.output}: {parameters} parameters, {kilobytes:.0f} kB, {len(faces.crops)} faces, {steps} steps")


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("expression", help="train the regressor of eye and mouth openness")
    parser.add_argument(
        "--faces", type=pathlib.Path, required=True, nargs="+", help="folders of photos and of drawings"
    )
    parser.add_argument(
        "--weights", type=pathlib.Path, default=pathlib.Path(".runs/weights"), help="what `dctnet fetch` filled"
    )
    parser.add_argument(
        "--run", type=pathlib.Path, default=pathlib.Path(".runs/expression"), help="keeps landmarks for the next time"
    )
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("training/weights/expression.npz"))
    parser.add_argument("--steps", type=whole(), default=4000)
    parser.add_argument(
        "--minutes",
        type=positive(),
        default=10,
        help="of processor time, after which it stops in any case (default 10)",
    )
    parser.set_defaults(command=run)
