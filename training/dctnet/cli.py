"""The command `dctnet`: portrait stylization networks from about a hundred drawings."""

from __future__ import annotations

import argparse
import sys

from .commands import (
    ablate,
    card,
    ccn,
    detector,
    evaluate,
    export,
    expression,
    fetch,
    halve,
    manifest,
    new_style,
    prepare,
    segmenter,
    sheet,
    ttn,
    weights,
)
from .errors import DctnetError

COMMANDS = (
    *(new_style, ablate, fetch, prepare, expression, ccn, ttn, export, halve),
    *(evaluate, sheet, card, manifest, weights, detector, segmenter),
)
"""In the order of the help."""


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="dctnet", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    arguments = parser.parse_args(argv)
    try:
        arguments.command(arguments)
    except (DctnetError, OSError, FloatingPointError) as error:
        print(f"dctnet: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
