"""`dctnet ablate`: what each part of the recipe is worth."""

from __future__ import annotations

import argparse
import pathlib

from ..arguments import whole


def run(arguments: argparse.Namespace) -> None:
    from .. import ablation, config, device, loop
    from ..evaluation import page, report
    from ..evaluation.reader import FaceNetworks
    from ..evaluation.style import Inputs
    from ..vgg import Vgg19

    settings = config.load(arguments.config)
    folder = arguments.run or pathlib.Path(".runs") / f"{arguments.config.stem}_ablation"
    paths = loop.Paths(
        arguments.photos,
        arguments.exemplars,
        arguments.vgg,
        arguments.weights,
        folder,
        arguments.cache,
        arguments.samples,
    )
    faces = FaceNetworks(arguments.weights)
    inputs = Inputs(arguments.exemplars, Vgg19(arguments.vgg), faces, tuple(arguments.photos), arguments.pairs)
    parts = arguments.without or ablation.parts_of(settings, arguments.samples is not None)
    where = device.choose(arguments.device)
    found = ablation.ablate(settings, paths, inputs, arguments.steps, parts, where, arguments.start)
    print(report.to_markdown(found))
    written = report.write(found, folder)
    page.save(found, folder / "page.png")
    print("\n".join(map(str, [*written, folder / "page.png"])))


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "ablate", help="train a style without parts of the recipe, and measure what is missing"
    )
    path = pathlib.Path
    parser.add_argument("--config", type=path, required=True, help="a style's TOML file")
    parser.add_argument("--without", nargs="+", metavar="PART", help="the parts (default each that the recipe has)")
    parser.add_argument("--steps", type=whole(), default=1500, help="of every training (default 1500)")
    parser.add_argument("--photos", type=path, nargs="+", required=True, help="folders of photos")
    parser.add_argument("--exemplars", type=path, required=True, help="folder of the style's drawings")
    parser.add_argument(
        "--samples", type=path, help="calibrated pairs (`dctnet ccn sample`), without which there is no CCN"
    )
    parser.add_argument(
        "--start", type=path, help="begin each with this checkpoint's network, instead of reconstruction"
    )
    parser.add_argument("--pairs", type=path, help="folder with the photo of each held-out drawing, to measure on")
    parser.add_argument("--vgg", type=path, required=True, help="VGG19 weights, .pth of torchvision or .npz")
    parser.add_argument("--weights", type=path, default=path(".runs/weights"), help="what `dctnet fetch` filled")
    parser.add_argument("--cache", type=path, default=path(".runs/cache"), help="packed pictures")
    parser.add_argument(
        "--run", type=path, help="folder for the trainings and the report (default .runs/CONFIG_ablation)"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.set_defaults(command=run)
