"""`dctnet prepare`: which exemplars and photos are fit to train on, with a report and contact sheets."""

from __future__ import annotations

import argparse
import pathlib


def run(arguments: argparse.Namespace) -> None:
    from .. import config
    from ..prepare import run as preparation
    from ..prepare.config import Prepare

    rules = config.load(arguments.config).prepare if arguments.config else Prepare()
    kinds = preparation.prepare(rules, arguments.exemplars, arguments.photos, arguments.weights, arguments.run)
    print(preparation.summary(kinds))
    print(f"{arguments.run}: report.md, report.json, accepted.png, refused.png; exemplars/ and photos/ to train on")


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "prepare", help="check exemplars and photos, and leave out what would mislead a training"
    )
    parser.add_argument("--exemplars", type=pathlib.Path, required=True, help="folder of the style's drawings")
    parser.add_argument("--photos", type=pathlib.Path, nargs="*", default=[], help="folders of photos")
    parser.add_argument("--config", type=pathlib.Path, help="a style's TOML file, whose table [prepare] sets the rules")
    parser.add_argument(
        "--weights", type=pathlib.Path, default=pathlib.Path(".runs/weights"), help="what `dctnet fetch` filled"
    )
    parser.add_argument(
        "--run", type=pathlib.Path, required=True, help="folder for the report and the accepted pictures"
    )
    parser.set_defaults(command=run)
