"""`dctnet evaluate`: measures a network."""

from __future__ import annotations

import argparse
import dataclasses
import pathlib


def run(arguments: argparse.Namespace) -> None:
    import torch

    from .. import checkpoint, config, export, grid, repository
    from ..evaluation import pairs
    from ..vgg import Vgg19

    settings = config.load(arguments.config)
    if arguments.network.suffix == ".onnx":
        session = export.session(arguments.network)
        stylize = lambda photo: export.run(session, photo)  # noqa: E731
    else:
        network, _ = checkpoint.load_network(arguments.network)
        stylize = lambda photo: grid.stylize(network, photo, torch.device("cpu"))  # noqa: E731
    figures = pairs.evaluate(
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


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("evaluate", help="measure a network on the held-out pairs of a style")
    parser.add_argument("--network", type=pathlib.Path, required=True, help="an .onnx model or a checkpoint")
    parser.add_argument(
        "--config", type=pathlib.Path, required=True, help="the style's TOML file, which lists the held-out names"
    )
    parser.add_argument("--pairs", type=pathlib.Path, required=True, help="folder with the photo of each drawing")
    parser.add_argument("--exemplars", type=pathlib.Path, required=True, help="folder of the drawings")
    parser.add_argument("--vgg", type=pathlib.Path, required=True, help="VGG19 weights, .pth of torchvision or .npz")
    parser.add_argument("--size", type=int, default=512, help="pixels at which the network runs (default 512)")
    parser.add_argument("--outputs", type=pathlib.Path, help="keep the stylized pictures in this folder")
    parser.add_argument(
        "--card", type=pathlib.Path, help="also write the figures of MODEL/1/model.onnx into this style's card"
    )
    parser.set_defaults(command=run)
