"""Which photos and exemplars training never sees, so that evaluation has some: by rule, without a list to keep."""

from __future__ import annotations

import collections
import pathlib

PHOTO_EVERY = 20
"""One photo in twenty; training on 2,300 leaves over 100."""
EXEMPLAR_EVERY = 5
"""One drawing in five. A kernel distance of fewer than about 25 drawings from anything is mostly noise
(`evaluation.gap`), and a style has 100 to 200: more than the tenth that suffices where each has its photo."""


def held_out(photos: list[pathlib.Path]) -> set[pathlib.Path]:
    """The last of every twenty photos of each folder, in the order of their names; none of a folder with fewer.

    A folder's near-duplicates and second pictures of a person are not told apart: they may lie on both sides.
    """
    return _last_of_every(PHOTO_EVERY, photos)


def held_out_exemplars(exemplars: list[pathlib.Path], named: tuple[str, ...]) -> set[pathlib.Path]:
    """Those whose stems the style's `hold_out` names or, where it names none, the last of every five of each folder."""
    if named:
        return {path for path in exemplars if path.stem in named}
    return _last_of_every(EXEMPLAR_EVERY, exemplars)


def _last_of_every(count: int, paths: list[pathlib.Path]) -> set[pathlib.Path]:
    folders: dict[pathlib.Path, list[pathlib.Path]] = collections.defaultdict(list)
    for path in paths:
        folders[path.parent].append(path)
    return {path for folder in folders.values() for path in sorted(folder)[count - 1 :: count]}
