"""Types of numbers on command lines: argparse says in one line what is wrong with what is none of theirs."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable


def whole(least: int = 1, most: int = 1_000_000) -> Callable[[str], int]:
    """A whole number within these bounds."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if least <= number <= most:
            return number
        raise argparse.ArgumentTypeError(f"a whole number from {least} to {most} is wanted, not {text!r}")

    return read


def positive(most: float = 1_000_000) -> Callable[[str], float]:
    """A number above 0."""

    def read(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if 0 < number <= most:
            return number
        raise argparse.ArgumentTypeError(f"a number above 0, up to {most:g}, is wanted, not {text!r}")

    return read
