"""`dctnet manifest`: rebuilds styles.json and the configurations of the models."""

from __future__ import annotations

import argparse
import pathlib


def run(arguments: argparse.Namespace) -> None:
    from .. import repository

    print(f"{len(repository.configure(arguments.models))} config.pbtxt")
    print(f"{arguments.models / 'styles.json'}: {', '.join(repository.build_manifest(arguments.models))}")


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("manifest", help="rebuild styles.json from the cards, and the models' config.pbtxt")
    parser.add_argument("--models", type=pathlib.Path, default=pathlib.Path("models"))
    parser.set_defaults(command=run)
