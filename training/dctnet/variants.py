"""The networks that a style is served as: fp32, fp16 for GPUs, int8 for CPUs, and half as wide for the edge."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Sequence

import torch

from . import checkpoint, export, quantize, repository
from .ground import Picture
from .ttn import Ttn


def write(
    models: pathlib.Path,
    style: str,
    full: pathlib.Path,
    edge: pathlib.Path | None = None,
    calibration: Sequence[Picture] = (),
    gray: bool = False,
) -> Iterator[str]:
    """Exports the checkpoints `full` and `edge` into the repository `models`, and says of each network what it is.

    int8 needs `calibration` photos; without them there is none, and without `edge` there is no half-width network.
    `gray` is for styles without colour, of which a network may keep a trace.
    """
    name = f"ttn_{style}"
    network, step = _load(full, gray)
    whole = repository.place(models, name)
    export.to_onnx(network, whole)
    yield f"{whole}: fp32, {_megabytes(whole)}, step {step}"
    half = repository.place(models, f"{name}_fp16")
    export.to_onnx(network, half, torch.float16)
    yield f"{half}: fp16, {_megabytes(half)}"
    if calibration:
        small = repository.place(models, f"{name}_int8")
        quantize.to_onnx(network, small, calibration)
        a, b = export.session(whole), export.session(small)
        noise = [export.psnr(export.run(a, photo), export.run(b, photo)) for photo in calibration]
        quality = f"{sum(noise) / len(noise):.1f} dB from fp32 on {len(noise)} photos, {min(noise):.1f} at the least"
        yield f"{small}: int8, {_megabytes(small)}, {quality}"
    if edge is not None:
        narrow, step = _load(edge, gray)
        path = repository.place(models, f"{name}_edge")
        export.to_onnx(narrow, path, half_weights=True)
        yield f"{path}: half width, weights in fp16, {_megabytes(path)}, step {step}"


def _load(path: pathlib.Path, gray: bool) -> tuple[Ttn, int]:
    network, step = checkpoint.load_network(path)
    return network.without_colour() if gray else network, step


def _megabytes(path: pathlib.Path) -> str:
    return f"{path.stat().st_size / 1e6:.1f} MB"
