"""Photos and exemplars: read once, packed as uint8 arrays on disk, then memory-mapped."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import functools
import hashlib
import os
import pathlib
from collections.abc import Callable

import filelock
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor
from tqdm import tqdm

from . import fit, ground, split
from .config import Config
from .errors import DctnetError
from .ground import Picture

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
EXEMPLAR_SIZE = 512
PHOTO_SIZE = 384


class DataError(DctnetError):
    """A folder that cannot be trained on; the message says which and why."""


def pictures(folders: list[pathlib.Path], what: str) -> list[pathlib.Path]:
    """All pictures below the folders, sorted. Raises DataError when a folder is missing or holds none."""
    found: list[pathlib.Path] = []
    for folder in folders:
        if not folder.is_dir():
            raise DataError(f"{what}: there is no folder {folder}")
        here = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES)
        if not here:
            raise DataError(f"{what}: {folder} holds no {', '.join(sorted(SUFFIXES))}")
        found += here
    return found


def read(path: pathlib.Path, size: int) -> Picture:
    """An upright RGB square of `size` pixels, centre-cropped; transparency becomes white."""
    try:
        with Image.open(path) as image:
            image = ImageOps.exif_transpose(image)
            if image.mode in ("RGBA", "LA", "P", "PA"):
                image = image.convert("RGBA")
                image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
            return np.asarray(ImageOps.fit(image.convert("RGB"), (size, size), Image.Resampling.LANCZOS))
    except (UnidentifiedImageError, OSError) as error:
        raise DataError(f"{path}: not a readable picture ({error})") from None


def _packed(
    cache: pathlib.Path,
    name: str,
    key: list[str],
    shape: tuple[int, ...],
    make: Callable[[int], NDArray],
    kind: type = np.uint8,
) -> NDArray:
    """[N, *shape], computed once for this list of inputs and memory-mapped afterwards.

    Of trainings that start beside each other one computes it, and the others wait for that.
    """
    digest = hashlib.sha256("\n".join([str(shape), *key]).encode()).hexdigest()[:12]
    path = cache / f"{name}-{digest}.npy"
    if path.exists():
        return np.load(path, mmap_mode="r")
    cache.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(path.with_suffix(".lock")):
        if not path.exists():
            partial = path.with_suffix(".partial")
            array = np.lib.format.open_memmap(partial, "w+", kind, (len(key), *shape))
            with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as makers:
                made = makers.map(make, range(len(key)))
                for index, row in enumerate(tqdm(made, total=len(key), desc=f"reading {name}", unit="picture")):
                    array[index] = row
            array.flush()
            partial.rename(path)
    return np.load(path, mmap_mode="r")


@dataclasses.dataclass(frozen=True)
class Samples:
    """Calibrated pairs: what the CCN's two generators draw of the same code."""

    sources: NDArray[np.uint8]
    """[N, S, S, 3] photos, or what looks like some."""
    targets: NDArray[np.uint8]
    """[N, S, S, 3] the same faces in the style."""
    landmarks: NDArray[np.float32]
    """[N, 68, 2] of the sources, in pixels."""

    @staticmethod
    def load(folder: pathlib.Path) -> Samples:
        """What `dctnet ccn sample` wrote, memory-mapped. Raises DataError when it wrote nothing there, or not all."""
        try:
            found = Samples(*(np.load(folder / f"{f.name}.npy", mmap_mode="r") for f in dataclasses.fields(Samples)))
        except (OSError, ValueError) as error:
            raise DataError(f"samples: {folder} is not what `dctnet ccn sample` writes ({error})") from None
        count, side = len(found.sources), found.sources.shape[1]
        if found.targets.shape != (count, side, side, 3) or found.landmarks.shape != (count, 68, 2) or not count:
            raise DataError(f"samples: sources, targets and landmarks in {folder} do not belong together")
        return found


@dataclasses.dataclass(frozen=True)
class Pictures:
    """Everything a training draws from; the large arrays are memory-mapped, and hold what is held out, too."""

    photos: NDArray[np.uint8]
    """[N, 384, 384, 3]."""
    photo_landmarks: NDArray[np.float32]
    """[N, 68, 2] of each photo's largest face, in its pixels; NaN where none was found."""
    grounds: NDArray[np.uint8]
    """[N, 384, 384, 3] each photo in the way that the style draws what is not a person."""
    usable: NDArray[np.int64]
    """Which photos training may see."""
    exemplars: NDArray[np.uint8]
    """[M, 512, 512, 4] drawings, and where something is drawn (0 or 255)."""
    exemplar_landmarks: NDArray[np.float32]
    """[M, 68, 2]."""
    usable_exemplars: NDArray[np.int64]
    nearest: NDArray[np.int64]
    """[N, K] for each photo the usable exemplars that look most like it; anything where it has no face."""
    samples: Samples | None = None


def _stamp(path: pathlib.Path) -> str:
    return f"{path}:{path.stat().st_size}"


def _indices(paths: list[pathlib.Path], held: set[pathlib.Path]) -> NDArray[np.int64]:
    return np.array([index for index, path in enumerate(paths) if path not in held], np.int64)


def _pack_photos(paths: list[pathlib.Path], cache: pathlib.Path) -> NDArray[np.uint8]:
    shape = (PHOTO_SIZE, PHOTO_SIZE, 3)
    return _packed(cache, "photos", [_stamp(p) for p in paths], shape, lambda i: read(paths[i], PHOTO_SIZE))


def load_photos(folders: list[pathlib.Path], cache: pathlib.Path) -> Pictures:
    """Photos alone, for a training whose aim is another network."""
    paths = pictures(folders, "photos")
    photos = _pack_photos(paths, cache)
    nothing = np.empty(0, np.int64)
    return Pictures(
        photos,
        np.full((len(photos), 68, 2), np.nan, np.float32),
        photos[:0],
        _indices(paths, split.held_out(paths)),
        np.empty((0, EXEMPLAR_SIZE, EXEMPLAR_SIZE, 4), np.uint8),
        np.empty((0, 68, 2), np.float32),
        nothing,
        np.empty((len(photos), 0), np.int64),
    )


def load(
    config: Config, photos: list[pathlib.Path], exemplars: pathlib.Path, weights: pathlib.Path, cache: pathlib.Path
) -> Pictures:
    """Reads, packs and looks at everything once. `weights` is the folder of the face networks (`dctnet fetch`).

    Raises DataError when a folder is missing or empty, a picture unreadable, or no drawing has a face.
    """
    # Imported here: the networks of faces/ read pictures with this module.
    from .faces.locate import VERSION, Locator

    photo_paths, drawn = pictures(photos, "photos"), pictures([exemplars], "exemplars")
    usable = _indices(drawn, split.held_out_exemplars(drawn, config.hold_out))
    if not len(usable):
        raise DataError(f"exemplars: every drawing in {exemplars} is held out")
    kind = config.exemplars.ground
    photo_keys, drawn_keys = [[_stamp(p) for p in paths] for paths in (photo_paths, drawn)]

    def cut_out(index: int) -> Picture:
        drawing = read(drawn[index], EXEMPLAR_SIZE)
        return np.dstack([drawing, ground.cut(drawing)])

    packed = _pack_photos(photo_paths, cache)
    grounds = _packed(
        cache,
        f"grounds-{kind}-{ground.VERSION}",
        photo_keys,
        packed.shape[1:],
        lambda i: ground.render(packed[i], kind),
    )
    cut = _packed(cache, "exemplars", drawn_keys, (EXEMPLAR_SIZE, EXEMPLAR_SIZE, 4), cut_out)
    locator = functools.cache(lambda: Locator(weights))

    def landmarks(picture: Picture) -> NDArray[np.float32]:
        faces = locator().faces(picture)
        return faces[0].landmarks if faces else np.full((68, 2), np.nan, np.float32)

    found, thumbnails = [], []
    for name, keys, pixels in (("photo", photo_keys, packed), ("exemplar", drawn_keys, cut)):
        look = lambda i, pixels=pixels: np.asarray(pixels[i, ..., :3])  # noqa: E731
        places = _packed(
            cache, f"{name}-landmarks-{VERSION}", keys, (68, 2), lambda i, look=look: landmarks(look(i)), np.float32
        )
        small = lambda i, look=look, places=places: fit.thumbnail(look(i), places[i])  # noqa: E731
        found.append(places)
        thumbnails.append(_packed(cache, f"{name}-thumbnails-{fit.VERSION}", keys, fit.THUMBNAIL, small, np.float32))
    if np.isnan(found[1][usable]).any((1, 2)).all():
        raise DataError(f"exemplars: no face was found in any drawing of {exemplars}")
    near = usable[fit.nearest(thumbnails[0], thumbnails[1][usable], config.exemplars.choice)]
    held = split.held_out(photo_paths)
    return Pictures(packed, found[0], grounds, _indices(photo_paths, held), cut, found[1], usable, near)


def to_tensor(picture: Picture) -> Tensor:
    """[H, W, 3] uint8 → [3, H, W] float in -1 … 1."""
    return torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1))).float() / 127.5 - 1
