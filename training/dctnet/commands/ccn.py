"""`dctnet ccn`: trains, adapts and samples the content calibration network."""

from __future__ import annotations

import argparse
import pathlib
import typing

import numpy as np

from ..arguments import whole

if typing.TYPE_CHECKING:
    import torch

    from ..ccn import data
    from ..ccn.run import Frozen


def _locate(arguments: argparse.Namespace, device: torch.device) -> data.Locate | None:
    """None where `--aligned` says that there is nothing to look for."""
    from ..ccn import data
    from ..faces.locate import Locator

    return None if arguments.aligned == "all" else data.largest_face(Locator(arguments.weights, device))


def _frozen(arguments: argparse.Namespace, photo: bool, device: torch.device) -> Frozen:
    import torch

    from ..ccn.run import Frozen
    from ..errors import DctnetError
    from ..faces.networks import FaceRecognition
    from ..vgg import Vgg19

    if photo and arguments.vgg is None:
        raise DctnetError("--vgg: the photo variant's losses need VGG19 (training/README.md says which)")
    vgg = Vgg19(arguments.vgg).to(device, memory_format=torch.channels_last) if photo else None
    return Frozen(vgg, FaceRecognition(arguments.weights).to(device))


def _source(arguments: argparse.Namespace) -> None:
    from .. import config, device
    from .. import data as folders
    from ..ccn import checkpoint, data, source

    settings = config.load(arguments.config).ccn
    if arguments.import_file is not None:
        target = arguments.run / "checkpoint.pt"
        shape = checkpoint.import_layout(arguments.import_file, target, settings)
        print(f"{target}: StyleGAN2, {shape.size} px, style {shape.style}")
        return
    if not arguments.photos:
        raise folders.DataError("--photos: folders of photos to learn faces from, or --import a checkpoint")
    where = device.choose(arguments.device)
    pictures = data.Pictures.load(
        folders.pictures(arguments.photos, "photos"),
        [],
        settings.shape.size,
        _locate(arguments, where),
        arguments.cache,
    )
    frozen = _frozen(arguments, settings.variant == "photo", where)
    source.train(settings, pictures, frozen, arguments.run, arguments.resume, where)
    print(f"{settings.variant} source: {settings.source.steps} steps, in {arguments.run}")


def _adapt(arguments: argparse.Namespace) -> None:
    from .. import config, device, split
    from .. import data as folders
    from ..ccn import adapt, checkpoint, data

    settings = config.load(arguments.config)
    variant, shape, _, _ = checkpoint.load_source(arguments.source)
    where = device.choose(arguments.device)
    drawings = folders.pictures([arguments.exemplars], "exemplars")
    held = split.held_out_exemplars(drawings, settings.hold_out)
    pictures = data.Pictures.load(
        folders.pictures(arguments.photos, "photos"),
        [path for path in drawings if path not in held],
        shape.size,
        _locate(arguments, where),
        arguments.cache,
        arguments.aligned == "exemplars",
        settings.exemplars.ground,
    )
    frozen = _frozen(arguments, variant == "photo", where)
    adapt.train(settings.ccn, arguments.source, pictures, frozen, arguments.run, arguments.resume, where)
    print(f"{settings.style}: {settings.ccn.adapt.steps} steps, in {arguments.run}")


def _sample(arguments: argparse.Namespace) -> None:
    from .. import config, device
    from .. import data as folders
    from ..ccn import checkpoint, data, sample
    from ..faces.locate import Locator

    settings = config.load(arguments.config).ccn.sample
    where = device.choose(arguments.device)
    variant, shape, prior, _ = checkpoint.load_source(arguments.source)
    if variant == "photo" and not arguments.photos:
        raise folders.DataError("--photos: the photo variant decodes photos, and needs folders of them")
    locate = data.largest_face(Locator(arguments.weights, where))
    photos = np.empty((0, shape.size, shape.size, 3), np.uint8)
    if variant == "photo":
        # Of those that the source was trained on: what is held out is never to be a target.
        paths = folders.pictures(arguments.photos, "photos")
        photos = data.Pictures.load(paths, [], shape.size, _locate(arguments, where), arguments.cache).photos
    frozen = _frozen(arguments, False, where)
    assert frozen.faces is not None
    target = checkpoint.load_target(arguments.run / "checkpoint.pt").to(where)
    count = min(arguments.count, len(photos)) if variant == "photo" else arguments.count
    drawn = sample.pairs(prior.to(where), target, photos, count, settings, locate, frozen.faces, where)
    print(f"{arguments.output}: {sample.write(drawn, settings, arguments.output, count)}")


def _compare(arguments: argparse.Namespace) -> None:
    import dataclasses

    from .. import config, device, split
    from .. import data as folders
    from ..ccn import checkpoint, compare, data
    from ..faces.locate import Locator

    settings = config.load(arguments.config)
    where = device.choose(arguments.device)
    locate, frozen = data.largest_face(Locator(arguments.weights, where)), _frozen(arguments, True, where)
    assert frozen.faces is not None and frozen.vgg is not None
    photos, drawings = (
        folders.pictures(arguments.photos, "photos"),
        folders.pictures([arguments.exemplars], "exemplars"),
    )
    unseen, held = split.held_out(photos), split.held_out_exemplars(drawings, settings.hold_out)
    look = None if arguments.aligned == "all" else locate
    look_drawn = None if arguments.aligned != "none" else locate
    for each in arguments.runs:
        source, run = each.split(":")
        variant, shape, prior, _ = checkpoint.load_source(pathlib.Path(source))
        target = checkpoint.load_target(pathlib.Path(run) / "checkpoint.pt")
        cache = arguments.cache
        figures = compare.measure(
            prior.to(where),
            target.to(where),
            data.pack([p for p in photos if p in unseen] or photos, "unseen", shape.size, look, cache),
            data.pack([p for p in drawings if p in held], "held", shape.size, look_drawn, cache),
            data.pack([p for p in drawings if p not in held], "exemplars", shape.size, look_drawn, cache),
            arguments.count,
            settings.ccn.sample,
            frozen.vgg,
            frozen.faces,
            locate,
            where,
            arguments.run / f"compare-{pathlib.Path(run).name}.png",
        )
        print(f"{run} ({variant})")
        for name, value in dataclasses.asdict(figures).items():
            print(f"  {name:14}{value:.4f}")


def _common(parser: argparse.ArgumentParser) -> None:
    from ..faces.weights import DEFAULT

    path = pathlib.Path
    parser.add_argument("--config", type=path, required=True, help="a style's TOML file, with a [ccn] table")
    parser.add_argument("--run", type=path, required=True, help="folder for checkpoints and grids")
    parser.add_argument("--cache", type=path, default=path(".runs/cache"), help="packed faces (default .runs/cache)")
    parser.add_argument("--weights", type=path, default=DEFAULT, help=f"what dctnet fetch filled (default {DEFAULT})")
    parser.add_argument("--vgg", type=path, help="VGG19 weights; the photo variant needs them")
    parser.add_argument(
        "--aligned",
        choices=("none", "exemplars", "all"),
        default="none",
        help="what is FFHQ-aligned already, where faces need not be looked for (default none)",
    )
    parser.add_argument("--resume", action="store_true", help="go on from the run's last checkpoint")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")


def add(commands: argparse._SubParsersAction) -> None:
    ccn = commands.add_parser("ccn", help="calibration network: pairs of faces and what a style makes of them")
    verbs = ccn.add_subparsers(required=True, metavar="VERB")
    path = pathlib.Path

    source = verbs.add_parser("source", help="train G_s on photos, or import a StyleGAN2")
    _common(source)
    source.add_argument("--photos", type=path, nargs="+", help="folders of photos")
    source.add_argument("--import", dest="import_file", type=path, metavar="FILE", help="a checkpoint with g_ema and d")
    source.set_defaults(command=_source)

    adapt = verbs.add_parser("adapt", help="adapt G_t, a copy of G_s, to exemplars")
    _common(adapt)
    adapt.add_argument("--source", type=path, required=True, help="G_s: the checkpoint of ccn source")
    adapt.add_argument("--exemplars", type=path, required=True, help="folder of the style's drawings")
    adapt.add_argument("--photos", type=path, nargs="+", required=True, help="folders of photos")
    adapt.set_defaults(command=_adapt)

    sample = verbs.add_parser("sample", help="draw calibrated pairs with an adapted run")
    _common(sample)
    sample.add_argument("--source", type=path, required=True, help="G_s: the checkpoint of ccn source")
    sample.add_argument("--photos", type=path, nargs="+", help="folders of photos; the photo variant decodes them")
    sample.add_argument("--output", type=path, required=True, help="folder for the pairs and their contact sheet")
    sample.add_argument("--count", type=whole(), default=5000, help="pairs to draw, before bad ones are dropped")
    sample.set_defaults(command=_sample)

    compare = verbs.add_parser("compare", help="measure adapted runs on photos and exemplars that they never saw")
    _common(compare)
    compare.add_argument("--runs", nargs="+", required=True, metavar="SOURCE:RUN", help="G_s and the folder of its G_t")
    compare.add_argument("--exemplars", type=path, required=True, help="folder of the style's drawings")
    compare.add_argument("--photos", type=path, nargs="+", required=True, help="folders of photos")
    compare.add_argument("--count", type=whole(), default=100, help="pairs of each run")
    compare.set_defaults(command=_compare)
