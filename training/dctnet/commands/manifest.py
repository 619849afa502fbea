"""`dctnet manifest`: rebuilds styles.json."""

from __future__ import annotations

import argparse
import pathlib


def run(arguments: argparse.Namespace) -> None:
    from .. import repository

    print(f"{arguments.models / 'styles.json'}: {', '.join(repository.build_manifest(arguments.models))}")


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("manifest", help="rebuild styles.json from the cards")
    parser.add_argument("--models", type=pathlib.Path, default=pathlib.Path("models"))
    parser.set_defaults(command=run)
