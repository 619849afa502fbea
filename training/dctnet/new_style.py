"""From a folder of drawings to a served style: every step in order, each taken up where it was left.

What a step has done lies in the run's folder, so a run that is stopped, or that fails at one picture, goes on when the
same command is given again.
"""

from __future__ import annotations

import dataclasses
import json
import pathlib
from collections.abc import Callable, Sequence

import torch

from . import config, export, loop, quantize, repository, variants
from .config import Config
from .evaluation import page, photos, report, sheet
from .evaluation.reader import FaceNetworks
from .evaluation.style import Evaluation, Inputs
from .prepare import run as preparation
from .ttn import distill, train
from .vgg import Vgg19

VARIANTS = ("", "_fp16", "_int8", "_edge")
DONE, WRITTEN, PAGE = "done.json", "written", "page.png"
"""What preparing, writing and measuring leave last."""


@dataclasses.dataclass(frozen=True)
class Order:
    """What a user asks for."""

    config: Config
    exemplars: pathlib.Path
    photos: list[pathlib.Path]
    licence: str
    commercial: bool
    vgg: pathlib.Path
    weights: pathlib.Path
    run: pathlib.Path
    models: pathlib.Path
    device: torch.device

    @property
    def prepared(self) -> pathlib.Path:
        return self.run / "prepared"

    @property
    def photo_folders(self) -> list[pathlib.Path]:
        """The accepted photos, a folder for each that they came from."""
        return sorted(p for p in (self.prepared / "photos").iterdir() if p.is_dir())

    def network(self, variant: str) -> pathlib.Path:
        return self.models / f"ttn_{self.config.style}{variant}" / "1" / "model.onnx"

    def checkpoint(self, name: str) -> pathlib.Path:
        return self.run / name / "checkpoint.pt"

    def paths(self, name: str) -> loop.Paths:
        exemplars = self.prepared / "exemplars"
        run = self.run / name
        return loop.Paths(self.photo_folders, exemplars, self.vgg, self.weights, run, self.run / "cache")


def settings(style: str, path: pathlib.Path | None, steps: int | None) -> Config:
    """The style's TOML file or, without one, the defaults; `steps` takes the place of its number of steps.

    Raises ConfigError, and CardError for a name that is no style's id.
    """
    repository.check_style(style)
    found = config.load(path) if path else Config(style)
    if found.style != style:
        raise config.ConfigError(f"{path}: is of the style {found.style!r}, not {style!r}")
    if steps is None:
        return found
    reconstruction = min(found.train.reconstruction, steps // 4)
    return dataclasses.replace(
        found, train=dataclasses.replace(found.train, steps=steps, reconstruction=reconstruction)
    )


def _newer(made: Sequence[pathlib.Path], of: Sequence[pathlib.Path]) -> bool:
    """Whether all of `made` is there, and was written after what it is made of."""
    times = [path.stat().st_mtime_ns if path.exists() else 0 for path in made]
    return min(times) > max(path.stat().st_mtime_ns for path in of)


def _prepare(order: Order) -> None:
    done = order.prepared / DONE
    wanted = {"exemplars": str(order.exemplars.resolve()), "photos": [str(p.resolve()) for p in order.photos]}
    wanted["rules"] = str(order.config.prepare)
    if done.exists() and json.loads(done.read_text("utf8")) == wanted:
        print(f"prepared already: {order.prepared}/report.md")
        return
    kinds = preparation.prepare(order.config.prepare, order.exemplars, order.photos, order.weights, order.prepared)
    print(preparation.summary(kinds))
    # What the measuring asks for in the end is known now.
    photos.chosen(order.photo_folders)
    done.write_text(json.dumps(wanted), "utf8")


def _full(order: Order) -> None:
    train.train(order.config, order.paths("full"), True, order.device)


def _edge(order: Order) -> None:
    narrow = distill.narrowed(order.config)
    distill.distill(narrow, order.paths("edge"), order.checkpoint("full"), True, order.device)


def _export(order: Order) -> None:
    checkpoints = [order.checkpoint(name) for name in ("full", "edge")]
    done, networks = order.run / WRITTEN, [order.network(variant) for variant in VARIANTS]
    if _newer([*networks, done], [*checkpoints, order.prepared / DONE]):
        print(f"written already: {', '.join(map(str, networks))}")
        return
    done.unlink(missing_ok=True)
    calibration = quantize.calibration_photos(order.photo_folders)
    for line in variants.write(order.models, order.config.style, *checkpoints, calibration):
        print(line, flush=True)
    done.touch()


def _measure(order: Order) -> None:
    card, out = order.models / f"{order.config.style}.card.json", order.run / "evaluation"
    networks = [order.network(variant) for variant in VARIANTS]
    if card.exists() and _newer([out / PAGE], networks):
        print(f"measured already: {out}/report.md")
        return
    if not card.exists():
        repository.new_card(order.models, order.config.style, order.licence, order.commercial)
    faces = FaceNetworks(order.weights)
    inputs = Inputs(order.prepared / "exemplars", Vgg19(order.vgg), faces, tuple(order.photo_folders))
    evaluation = Evaluation(order.config, inputs)
    for path in networks:
        name = path.parents[1].name
        session = export.session(path)
        evaluation.add(name, lambda photo, session=session: export.run(session, photo))
        repository.note_figures(card, path, report.card_figures(evaluation.report, name))
    report.write(evaluation.report, out)
    for name, result in evaluation.report.networks.items():
        sheet.save(evaluation.report.subjects, result.outputs, out / f"{name}.jpg")
    print(report.to_markdown(evaluation.report))
    # Last: where it is, all of it has been measured.
    page.save(evaluation.report, out / PAGE)


def _register(order: Order) -> None:
    styles = repository.build_manifest(order.models)
    print(f"{order.models / 'styles.json'}: {', '.join(styles)}")


STEPS: list[tuple[str, Callable[[Order], None]]] = [
    ("looking at the pictures", _prepare),
    ("training the network", _full),
    ("teaching the half-width network", _edge),
    ("writing the networks", _export),
    ("measuring them", _measure),
    ("registering the style", _register),
]


def make(order: Order) -> None:
    """Runs every step. Raises DctnetError with a sentence that says what to do; the run can be taken up after it."""
    order.run.mkdir(parents=True, exist_ok=True)
    for number, (what, step) in enumerate(STEPS, 1):
        print(f"[{number}/{len(STEPS)}] {what}", flush=True)
        try:
            step(order)
        except KeyboardInterrupt:
            print(f"\nstopped; the same command goes on from here ({order.run})", flush=True)
            raise
    if not order.commercial:
        print("not for commercial use, as its card says")
