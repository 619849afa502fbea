"""`dctnet evaluate`: measures a style's networks."""

from __future__ import annotations

import argparse
import pathlib

STYLES = pathlib.Path(__file__).resolve().parents[2] / "styles"


def _networks(models: pathlib.Path, style: str) -> dict[str, pathlib.Path]:
    """By name, the full network first."""
    full, *variants = [
        models / f"ttn_{style}" / "1" / "model.onnx",
        *sorted(models.glob(f"ttn_{style}_*/1/model.onnx")),
    ]
    return {path.parents[1].name: path for path in (full, *variants) if path.exists()}


def run(arguments: argparse.Namespace) -> None:
    import torch

    from .. import checkpoint, config, export, grid, repository
    from ..errors import DctnetError
    from ..evaluation import page, report, sheet
    from ..evaluation.reader import FaceNetworks
    from ..evaluation.robustness import Stylize
    from ..evaluation.style import Evaluation, Inputs
    from ..vgg import Vgg19

    def stylizer(path: pathlib.Path) -> Stylize:
        if path.suffix == ".onnx":
            session = export.session(path)
            return lambda photo: export.run(session, photo)
        network, _ = checkpoint.load_network(path)
        return lambda photo: grid.stylize(network, photo, torch.device("cpu"))

    if not arguments.pairs and not (arguments.photos and arguments.weights):
        raise DctnetError("evaluate: needs --pairs, or --photos together with --weights, or all of them")
    settings = config.load(arguments.config or STYLES / f"{arguments.style}.toml")
    networks = _networks(arguments.models, arguments.style)
    if arguments.network:
        name = arguments.network.parents[1].name if arguments.network.name == "model.onnx" else arguments.network.stem
        networks = {name: arguments.network}
    if not networks:
        raise DctnetError(f"evaluate: {arguments.models} holds no network ttn_{arguments.style}")
    worn = arguments.glasses and frozenset(arguments.glasses.read_text("utf8").split())
    faces = FaceNetworks(arguments.weights) if arguments.photos and arguments.weights else None
    inputs = Inputs(
        arguments.exemplars, Vgg19(arguments.vgg), faces, tuple(arguments.photos or ()), arguments.pairs, worn
    )
    evaluation = Evaluation(settings, inputs)
    found = evaluation.report
    for name, path in networks.items():
        evaluation.add(name, stylizer(path))
    print(report.to_markdown(found))
    if arguments.out:
        written = report.write(found, arguments.out)
        if found.subjects:
            for name, result in found.networks.items():
                written.append(arguments.out / f"{name}.jpg")
                sheet.save(found.subjects, result.outputs, written[-1])
            written.append(arguments.out / "page.png")
            page.save(found, written[-1])
        print("\n".join(map(str, written)))
    for name, path in networks.items() if arguments.card else ():
        repository.note_figures(arguments.card, path, report.card_figures(found, name))


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("evaluate", help="measure a style's networks on held-out photos, exemplars and pairs")
    path = pathlib.Path
    parser.add_argument("style", help="the style's id; its networks are ttn_STYLE and ttn_STYLE_*")
    parser.add_argument("--models", type=path, default=path("models"), help="the model repository (default models)")
    parser.add_argument("--network", type=path, help="measure only this .onnx model or checkpoint")
    parser.add_argument("--config", type=path, help="the style's TOML file (default training/styles/STYLE.toml)")
    parser.add_argument("--exemplars", type=path, required=True, help="folder of the style's drawings")
    parser.add_argument("--pairs", type=path, help="folder with the photo of each drawing, same stems")
    parser.add_argument(
        "--photos", type=path, nargs="+", help="folders of photos, the same as in training: one in twenty is held out"
    )
    parser.add_argument("--weights", type=path, help="folder of the face networks (dctnet fetch); goes with --photos")
    parser.add_argument("--vgg", type=path, required=True, help="VGG19 weights, .pth of torchvision or .npz")
    parser.add_argument(
        "--glasses", type=path, help="a file that names the held-out photos with glasses, FOLDER/STEM, one a line"
    )
    parser.add_argument("--out", type=path, help="write report.json, report.md, page.png and contact sheets here")
    parser.add_argument("--card", type=path, help="also write the figures into this style's card")
    parser.set_defaults(command=run)
