"""`dctnet card`: begins the card of a style."""

from __future__ import annotations

import argparse
import pathlib


def run(arguments: argparse.Namespace) -> None:
    from .. import repository

    path = repository.new_card(arguments.models, arguments.style, arguments.licence, arguments.commercial_use == "yes")
    print(f"{path}: fill in name, description, attribution and data")


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("card", help="begin the card of a new style")
    parser.add_argument("--style", required=True, help="the style's id, as URLs name it: small letters, digits and -")
    parser.add_argument("--licence", required=True, help="the strictest licence among the style's data, such as CC0")
    parser.add_argument("--commercial-use", choices=("yes", "no"), required=True, help="whether that licence allows it")
    parser.add_argument("--models", type=pathlib.Path, default=pathlib.Path("models"))
    parser.set_defaults(command=run)
