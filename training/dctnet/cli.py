"""The command `dctnet`."""

from __future__ import annotations

import argparse
import dataclasses
import pathlib
import sys

import torch

from .checkpoint import CheckpointError
from .config import ConfigError
from .data import DataError
from .repository import CardError
from .vgg import VggError


def _device(name: str) -> torch.device:
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def _ttn(arguments: argparse.Namespace) -> None:
    from . import config, distill, train_ttn

    settings = config.load(arguments.config)
    run = arguments.run or pathlib.Path(".runs") / arguments.config.stem
    run.mkdir(parents=True, exist_ok=True)
    paths = train_ttn.Paths(arguments.photos, arguments.exemplars, arguments.pairs, arguments.vgg, run)
    device = _device(arguments.device)
    if arguments.teacher is None:
        train_ttn.train(settings, paths, arguments.resume, device)
    else:
        distill.distill(settings, paths, arguments.teacher, arguments.resume, device)
    print(f"{settings.style}: {settings.train.steps} steps, in {run}")


def _export(arguments: argparse.Namespace) -> None:
    from . import checkpoint, export, quantize, repository

    network, step = checkpoint.load_network(arguments.checkpoint)
    full = repository.place(arguments.models, arguments.name)
    export.to_onnx(network, full)
    print(f"{full}: fp32, {full.stat().st_size / 1e6:.1f} MB, step {step}")
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


def _evaluate(arguments: argparse.Namespace) -> None:
    from . import checkpoint, config, evaluate, export, grid, repository
    from .vgg import Vgg19

    settings = config.load(arguments.config)
    if arguments.network.suffix == ".onnx":
        session = export.session(arguments.network)
        stylize = lambda photo: export.run(session, photo)  # noqa: E731
    else:
        network, _ = checkpoint.load_network(arguments.network)
        stylize = lambda photo: grid.stylize(network, photo, torch.device("cpu"))  # noqa: E731
    figures = evaluate.evaluate(
        stylize,
        Vgg19(arguments.vgg),
        arguments.pairs,
        arguments.exemplars,
        settings.hold_out,
        arguments.size,
        arguments.outputs,
    )
    for name, value in dataclasses.asdict(figures).items():
        print(f"{name:26}{value:.4f}" if isinstance(value, float) else f"{name:26}{value}")
    if arguments.card:
        repository.note_figures(
            arguments.card, arguments.network, dataclasses.asdict(figures) | {"size": arguments.size}
        )


def _card(arguments: argparse.Namespace) -> None:
    from . import repository

    path = repository.new_card(arguments.models, arguments.style, arguments.licence, arguments.commercial_use == "yes")
    print(f"{path}: fill in name, description, attribution and data")


def _manifest(arguments: argparse.Namespace) -> None:
    from . import repository

    print(f"{arguments.models / 'styles.json'}: {', '.join(repository.build_manifest(arguments.models))}")


def _weights(arguments: argparse.Namespace) -> None:
    from . import checkpoint

    checkpoint.save_weights(arguments.checkpoint, arguments.output)
    print(f"{arguments.output}: {arguments.output.stat().st_size / 1e6:.1f} MB")


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="dctnet", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    path = pathlib.Path

    ttn = commands.add_parser("ttn", help="train the texture translation network")
    ttn.add_argument("--config", type=path, required=True, help="a style's TOML file")
    ttn.add_argument("--photos", type=path, required=True, nargs="+", help="folders of photos")
    ttn.add_argument("--exemplars", type=path, help="folder of the style's drawings; needed but with --teacher")
    ttn.add_argument("--pairs", type=path, help="folder with the photo of each drawing, same stems")
    ttn.add_argument(
        "--vgg", type=path, required=True, help="VGG19 weights, .pth of torchvision or .npz (training/README.md)"
    )
    ttn.add_argument("--run", type=path, help="folder for checkpoints and grids (default .runs/CONFIG)")
    ttn.add_argument("--teacher", type=path, help="distil this checkpoint of a wider network instead")
    ttn.add_argument("--resume", action="store_true", help="go on from the run's last checkpoint")
    ttn.add_argument("--device", default="auto", help="auto, cpu or cuda")
    ttn.set_defaults(command=_ttn)

    export = commands.add_parser("export", help="write a checkpoint as ONNX into a model repository")
    export.add_argument("--checkpoint", type=path, required=True)
    export.add_argument("--name", required=True, help="the model's name, such as ttn_handdrawn")
    export.add_argument("--models", type=path, default=path("models"), help="the repository (default models)")
    export.add_argument(
        "--int8", type=path, nargs="+", metavar="PHOTOS", help="also NAME_int8, calibrated on these folders"
    )
    export.set_defaults(command=_export)

    evaluate = commands.add_parser("evaluate", help="measure a network on the held-out pairs of a style")
    evaluate.add_argument("--network", type=path, required=True, help="an .onnx model or a checkpoint")
    evaluate.add_argument(
        "--config", type=path, required=True, help="the style's TOML file, which lists the held-out names"
    )
    evaluate.add_argument("--pairs", type=path, required=True, help="folder with the photo of each drawing")
    evaluate.add_argument("--exemplars", type=path, required=True, help="folder of the drawings")
    evaluate.add_argument("--vgg", type=path, required=True, help="VGG19 weights, .pth of torchvision or .npz")
    evaluate.add_argument("--size", type=int, default=512, help="pixels at which the network runs (default 512)")
    evaluate.add_argument("--outputs", type=path, help="keep the stylized pictures in this folder")
    evaluate.add_argument(
        "--card", type=path, help="also write the figures of MODEL/1/model.onnx into this style's card"
    )
    evaluate.set_defaults(command=_evaluate)

    card = commands.add_parser("card", help="begin the card of a new style")
    card.add_argument("--style", required=True, help="the style's id, as URLs name it: small letters, digits and -")
    card.add_argument("--licence", required=True, help="the strictest licence among the style's data, such as CC0")
    card.add_argument("--commercial-use", choices=("yes", "no"), required=True, help="whether that licence allows it")
    card.add_argument("--models", type=path, default=path("models"))
    card.set_defaults(command=_card)

    manifest = commands.add_parser("manifest", help="rebuild styles.json from the cards")
    manifest.add_argument("--models", type=path, default=path("models"))
    manifest.set_defaults(command=_manifest)

    weights = commands.add_parser("weights", help="keep a checkpoint's averaged network alone, in fp16")
    weights.add_argument("--checkpoint", type=path, required=True)
    weights.add_argument("--output", type=path, required=True)
    weights.set_defaults(command=_weights)

    arguments = parser.parse_args(argv)
    try:
        arguments.command(arguments)
    except (
        CardError,
        CheckpointError,
        ConfigError,
        DataError,
        FileNotFoundError,
        FloatingPointError,
        VggError,
    ) as error:
        print(f"dctnet: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
