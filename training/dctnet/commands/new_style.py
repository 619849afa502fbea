"""`dctnet new-style`: from a folder of drawings to a served style."""

from __future__ import annotations

import argparse
import pathlib

from ..arguments import whole


def run(arguments: argparse.Namespace) -> None:
    from .. import device, new_style

    settings = new_style.settings(arguments.name, arguments.config, arguments.steps)
    new_style.make(
        new_style.Order(
            settings,
            arguments.exemplars,
            arguments.photos,
            arguments.licence,
            arguments.commercial_use == "yes",
            arguments.vgg,
            arguments.weights,
            arguments.run or pathlib.Path(".runs") / arguments.name,
            arguments.models,
            device.choose(arguments.device),
        )
    )


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "new-style", help="all of it: check the pictures, train, distil, export, measure, register; resumable"
    )
    path = pathlib.Path
    parser.add_argument("--name", required=True, help="the style's id, as URLs name it: small letters, digits and -")
    parser.add_argument("--exemplars", type=path, required=True, help="folder of about a hundred drawings of faces")
    parser.add_argument("--photos", type=path, nargs="+", required=True, help="folders of a thousand photos or more")
    parser.add_argument("--licence", required=True, help="the strictest licence among drawings and photos, such as CC0")
    parser.add_argument("--commercial-use", choices=("yes", "no"), required=True, help="whether that licence allows it")
    parser.add_argument("--vgg", type=path, required=True, help="VGG19 weights, .pth of torchvision or .npz")
    parser.add_argument("--weights", type=path, default=path(".runs/weights"), help="what `dctnet fetch` filled")
    parser.add_argument("--config", type=path, help="a TOML file of the style (without one: the defaults)")
    parser.add_argument("--steps", type=whole(), help="updates of the network instead of the configuration's")
    parser.add_argument("--run", type=path, help="folder of the run (default .runs/NAME)")
    parser.add_argument("--models", type=path, default=path("models"), help="the model repository (default models)")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.set_defaults(command=run)
