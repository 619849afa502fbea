"""Photos and exemplars: read once, packed as uint8 arrays on disk, then sampled through GEM."""

from __future__ import annotations

import collections
import concurrent.futures
import dataclasses
import hashlib
import pathlib
from collections.abc import Callable, Iterator

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor
from tqdm import tqdm

from . import ground
from .config import Config, Gem
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
    cache: pathlib.Path, name: str, key: list[str], size: int, make: Callable[[int], Picture]
) -> NDArray[np.uint8]:
    """[N, size, size, 3], computed once for this list of inputs and memory-mapped afterwards."""
    digest = hashlib.sha256("\n".join([str(size), *key]).encode()).hexdigest()[:12]
    path = cache / f"{name}-{digest}.npy"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        array = np.lib.format.open_memmap(partial, "w+", np.uint8, (len(key), size, size, 3))
        for index in tqdm(range(len(key)), desc=f"reading {name}", unit="picture"):
            array[index] = make(index)
        array.flush()
        partial.rename(path)
    return np.load(path, mmap_mode="r")


@dataclasses.dataclass(frozen=True)
class Pictures:
    photos: NDArray[np.uint8]
    """[N, 384, 384, 3] photos without a drawing."""
    exemplars: NDArray[np.uint8]
    """[M, 512, 512, 3] drawings, each on an abstracted ground."""
    originals: NDArray[np.uint8] | None
    """[M, 512, 512, 3] the photo that each drawing was made from, where there are pairs."""


def _stamp(path: pathlib.Path) -> str:
    return f"{path}:{path.stat().st_size}"


def _training_photos(config: Config, folders: list[pathlib.Path], pairs: pathlib.Path | None) -> list[pathlib.Path]:
    """The photos but for held-out ones: the folder of the drawn photos may be among the folders."""
    held = {p.resolve() for p in pictures([pairs], "pairs") if p.stem in config.hold_out} if pairs else set()
    return [p for p in pictures(folders, "photos") if p.resolve() not in held]


def _pack_photos(paths: list[pathlib.Path], cache: pathlib.Path) -> NDArray[np.uint8]:
    return _packed(cache, "photos", [_stamp(p) for p in paths], PHOTO_SIZE, lambda i: read(paths[i], PHOTO_SIZE))


def load_photos(
    config: Config, folders: list[pathlib.Path], pairs: pathlib.Path | None, cache: pathlib.Path
) -> Pictures:
    """Photos alone, for a training whose aim is another network."""
    photos = _pack_photos(_training_photos(config, folders, pairs), cache)
    return Pictures(photos, np.empty((0, EXEMPLAR_SIZE, EXEMPLAR_SIZE, 3), np.uint8), None)


def load(
    config: Config,
    photos: list[pathlib.Path],
    exemplars: pathlib.Path,
    pairs: pathlib.Path | None,
    cache: pathlib.Path,
) -> Pictures:
    """Reads and packs everything. With `pairs`, each exemplar's photo is the file of the same stem in that folder."""
    photo_paths = _training_photos(config, photos, pairs)
    drawn = [p for p in pictures([exemplars], "exemplars") if p.stem not in set(config.hold_out)]
    if not drawn:
        raise DataError(f"exemplars: every drawing in {exemplars} is held out")
    if pairs is not None:
        by_stem = {p.stem: p for p in pictures([pairs], "pairs")}
        missing = [p.stem for p in drawn if p.stem not in by_stem]
        if missing:
            raise DataError(f"pairs: {pairs} has no photo for {len(missing)} exemplars, {missing[0]} first")
        sources = [by_stem[p.stem] for p in drawn]
    else:
        sources = [photo_paths[(index * 7919) % len(photo_paths)] for index in range(len(drawn))]

    tone = config.exemplars.tone if pairs is not None else 0.0

    def on_ground(index: int) -> Picture:
        drawing, photo = read(drawn[index], EXEMPLAR_SIZE), read(sources[index], EXEMPLAR_SIZE)
        if tone:
            drawing = ground.retone(drawing, photo, tone)
        return ground.compose(drawing, ground.abstract(photo))

    keys = [f"{_stamp(d)}|{_stamp(s)}|{tone}" for d, s in zip(drawn, sources, strict=True)]
    packed_exemplars = _packed(cache, "exemplars", keys, EXEMPLAR_SIZE, on_ground)
    originals = None
    if pairs is not None:
        originals = _packed(
            cache,
            "originals",
            [_stamp(p) for p in sources],
            EXEMPLAR_SIZE,
            lambda i: read(sources[i], EXEMPLAR_SIZE),
        )
    return Pictures(_pack_photos(photo_paths, cache), packed_exemplars, originals)


@dataclasses.dataclass(frozen=True)
class View:
    """One draw of GEM: which part of a square picture a crop shows, and how it is turned."""

    coverage: float
    degrees: float
    x: float
    y: float
    """Where the crop's centre lies between its extremes, 0 … 1."""
    mirrored: bool

    @staticmethod
    def draw(rng: np.random.Generator, gem: Gem, sharpest: float = 0.0) -> View:
        """`sharpest` is the smallest coverage that does not enlarge the picture beyond its own pixels."""
        low, high = np.log(max(gem.coverage[0], sharpest)), np.log(max(gem.coverage[1], sharpest))
        turned = rng.random() < gem.any_rotation_share
        return View(
            float(np.exp(rng.uniform(low, high))),
            float(rng.uniform(-180, 180) if turned else rng.normal(0, gem.rotation)),
            float(rng.random()),
            float(rng.random()),
            bool(rng.random() < 0.5),
        )

    def apply(self, picture: Picture, crop: int) -> Picture:
        """[S, S, 3] → [crop, crop, 3]; what lies outside the picture is mirrored in.

        Bicubic: bilinear sampling paled thin ink lines, and the network drew them as pale.
        """
        side = picture.shape[0]
        size = max(crop // 2, round(crop / self.coverage))
        if size < side:
            picture = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
        scale = size / picture.shape[0]
        room = abs(size - crop) / 2
        centre = size / 2 + (2 * self.x - 1) * room, size / 2 + (2 * self.y - 1) * room
        matrix = cv2.getRotationMatrix2D((centre[0] / scale, centre[1] / scale), self.degrees, scale)
        matrix[:, 2] += crop / 2 - np.array(centre) / scale
        if self.mirrored:
            matrix = np.diag([-1.0, 1.0]) @ matrix + np.array([[0, 0, crop - 1], [0, 0, 0]])
        return cv2.warpAffine(picture, matrix, (crop, crop), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)


def hue_matrix(rng: np.random.Generator) -> NDArray[np.float32]:
    """[3, 3]: turns hue by any angle and scales saturation by 0.7 … 1.3, luma kept (YIQ).

    Given to a photo and its drawing alike it teaches that a drawing keeps the photo's colours, whatever they are.
    """
    yiq = np.array([[0.299, 0.587, 0.114], [0.5959, -0.2746, -0.3213], [0.2115, -0.5227, 0.3112]])
    angle, gain = rng.uniform(0, 2 * np.pi), rng.uniform(0.7, 1.3)
    turn = np.eye(3)
    turn[1:, 1:] = gain * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (np.linalg.inv(yiq) @ turn @ yiq).astype(np.float32)


def to_tensor(picture: Picture, colours: NDArray[np.float32] | None = None) -> Tensor:
    """[H, W, 3] uint8 → [3, H, W] float in -1 … 1."""
    x = picture.astype(np.float32) / 255
    if colours is not None:
        x = (x @ colours.T).clip(0, 1)
    return torch.from_numpy(np.ascontiguousarray(x.transpose(2, 0, 1))) * 2 - 1


@dataclasses.dataclass
class Batch:
    photos: Tensor
    """[B, 3, crop, crop]; the first `targets.shape[0]` have a drawing."""
    targets: Tensor
    """[P, 3, crop, crop] the drawings of the first P photos; P = 0 without pairs."""
    exemplars: Tensor
    """[B, 3, crop, crop] what the discriminators are shown as real; none when there are no exemplars."""

    def to(self, device: torch.device) -> Batch:
        parts = (self.photos, self.targets, self.exemplars)
        return Batch(*(p.to(device, memory_format=torch.channels_last, non_blocking=True) for p in parts))


class Batches:
    """Batch number i is a function of (seed, i) alone, so that a resumed run continues with the same samples."""

    def __init__(self, pictures: Pictures, config: Config, start: int) -> None:
        self.pictures, self.config, self.start = pictures, config, start

    def __len__(self) -> int:
        return max(0, self.config.train.steps - self.start)

    def __getitem__(self, index: int) -> Batch:
        cv2.setNumThreads(1)
        if index >= len(self):
            raise IndexError(index)
        config, data = self.config, self.pictures
        crop, count = config.train.crop, config.train.batch
        rng = np.random.default_rng((config.train.seed, self.start + index))
        colours = lambda: hue_matrix(rng) if rng.random() < config.gem.hue_share else None  # noqa: E731
        photos, targets, exemplars = [], [], []
        for _ in range(count // 2 if data.originals is not None else 0):
            which, view, colour = rng.integers(len(data.exemplars)), View.draw(rng, config.gem), colours()
            assert data.originals is not None
            photos.append(to_tensor(view.apply(data.originals[which], crop), colour))
            targets.append(to_tensor(view.apply(data.exemplars[which], crop), colour))
        while len(photos) < count:
            picture = data.photos[rng.integers(len(data.photos))]
            view = View.draw(rng, config.gem, 0.85 * crop / PHOTO_SIZE)
            photos.append(to_tensor(view.apply(picture, crop), colours()))
        for _ in range(count if len(data.exemplars) else 0):
            picture = data.exemplars[rng.integers(len(data.exemplars))]
            exemplars.append(to_tensor(View.draw(rng, config.gem).apply(picture, crop), colours()))

        def stacked(parts: list[Tensor]) -> Tensor:
            return torch.stack(parts) if parts else torch.empty(0, 3, crop, crop)

        return Batch(stacked(photos), stacked(targets), stacked(exemplars))


def prefetched(batches: Batches, ahead: int = 4) -> Iterator[Batch]:
    """The batches in order, made in a thread: OpenCV releases the interpreter's lock; a fork of it hangs."""
    with concurrent.futures.ThreadPoolExecutor(1) as maker:
        waiting: collections.deque[concurrent.futures.Future[Batch]] = collections.deque()
        for index in range(len(batches)):
            waiting.append(maker.submit(batches.__getitem__, index))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
