"""`dctnet export`: a checkpoint becomes models of a Triton repository."""

from __future__ import annotations

import argparse
import pathlib


def run(arguments: argparse.Namespace) -> None:
    import torch

    from .. import checkpoint, export, quantize, repository

    network, step = checkpoint.load_network(arguments.checkpoint)
    full = repository.place(arguments.models, arguments.name)
    export.to_onnx(network, full)
    print(f"{full}: fp32, {full.stat().st_size / 1e6:.1f} MB, step {step}")
    half = repository.place(arguments.models, f"{arguments.name}_fp16")
    export.to_onnx(network, half, torch.float16)
    print(f"{half}: fp16, {half.stat().st_size / 1e6:.1f} MB")
    if not arguments.int8:
        return
    photos = quantize.calibration_photos(arguments.int8)
    small = repository.place(arguments.models, f"{arguments.name}_int8")
    quantize.to_onnx(network, small, photos)
    a, b = export.session(full), export.session(small)
    quality = [export.psnr(export.run(a, photo), export.run(b, photo)) for photo in photos]
    print(f"{small}: int8, {small.stat().st_size / 1e6:.1f} MB")
    mean, least = sum(quality) / len(quality), min(quality)
    print(f"int8 against fp32 on {len(photos)} photos: PSNR {mean:.1f} dB, least {least:.1f} dB")


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("export", help="write a checkpoint as ONNX into a model repository")
    parser.add_argument("--checkpoint", type=pathlib.Path, required=True)
    parser.add_argument("--name", required=True, help="the model's name, such as ttn_handdrawn")
    parser.add_argument(
        "--models", type=pathlib.Path, default=pathlib.Path("models"), help="the repository (default models)"
    )
    parser.add_argument(
        "--int8", type=pathlib.Path, nargs="+", metavar="PHOTOS", help="also NAME_int8, calibrated on these folders"
    )
    parser.set_defaults(command=run)
