"""The evaluation of a style's networks, all on the same photos and beside the same reference points."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from .. import data, export, ground, split
from ..config import Config
from ..ground import Picture
from ..vgg import Vgg19
from . import colour, measure, pairs, photos, robustness, summary
from .features import COMPARED_SIZE, compared_mask, features, statistics
from .gap import StyleGap
from .measure import Rows
from .photos import SIZE, Frame, Subject
from .reader import Reader
from .result import EXEMPLARS, PHOTO, TRANSFER, Report, Result, Valued
from .robustness import Rotation, Stylize
from .summary import Figures, Groups, Scale

TURNED = 8
"""Subjects, evenly among all, that are turned to every angle."""


@dataclasses.dataclass(frozen=True)
class Inputs:
    """What a user brings."""

    exemplars: pathlib.Path
    vgg: Vgg19
    faces: Reader | None = None
    """None where there are no weights for faces: then only `pairs` can be evaluated."""
    photos: tuple[pathlib.Path, ...] = ()
    pairs: pathlib.Path | None = None
    """The photo of each drawing."""
    with_glasses: frozenset[str] | None = None


@dataclasses.dataclass(frozen=True)
class Exemplars:
    seen: list[Picture]
    held: list[Picture]
    """[256, 256, 3] each."""

    @staticmethod
    def read(folder: pathlib.Path, config: Config) -> Exemplars:
        """Raises DataError when fewer than two remain on either side."""
        paths = data.pictures([folder], "exemplars")
        held = split.held_out_exemplars(paths, config.hold_out)
        if min(len(held), len(paths) - len(held)) < 2:
            raise data.DataError(f"exemplars: {len(held)} of {len(paths)} in {folder} are held out; two are needed")
        return Exemplars(
            *([data.read(p, COMPARED_SIZE) for p in paths if (p in held) is side] for side in (False, True))
        )


def _statistics(drawings: list[Picture], vgg: Vgg19) -> Tensor:
    found = []
    for drawing in tqdm(drawings, desc="exemplars", unit="picture"):
        found.append(statistics(features(vgg, drawing), compared_mask(ground.person(drawing))))
    return torch.stack(found)


def _framing(exemplars: Exemplars, faces: Reader) -> Frame:
    """Of every fourth exemplar: a median needs no more."""
    drawings = [*exemplars.seen, *exemplars.held][::4]
    found = [next(iter(faces.faces(drawing)), None) for drawing in drawings]
    return Frame.of([face.landmarks for face in found if face], COMPARED_SIZE)


def _untouched(_: Subject) -> Stylize:
    return lambda picture: picture


def _transfer(subjects: list[Subject], exemplars: Exemplars) -> Callable[[Subject], Stylize]:
    """Each subject takes the colours of another of the exemplars that training saw."""
    moments: dict[str, tuple] = {}
    for index, subject in enumerate(subjects):
        drawing = exemplars.seen[index * 7919 % len(exemplars.seen)]
        person = ground.person(drawing)
        if not person.any():
            person[:] = True
        moments[subject.name] = colour.moments(subject.photo, subject.person), colour.moments(drawing, person)
    return lambda subject: lambda picture: colour.transfer(picture, *moments[subject.name])


class Evaluation:
    """Looks at everything once, then measures any number of networks: `add` each, the full one first."""

    def __init__(self, config: Config, inputs: Inputs) -> None:
        self.config, self.inputs = config, inputs
        self.report = Report(config.style)
        self._scale: Scale | None = None
        self._rows: dict[str, Rows] = {}
        self._draws: list = []
        self._groups: Groups = {}
        if inputs.photos and inputs.faces:
            self._look(inputs.faces)
        self._held_out: pairs.HeldOut | None = None
        if inputs.pairs:
            self._held_out = pairs.HeldOut(inputs.vgg, inputs.pairs, inputs.exemplars, config.hold_out, SIZE)
            self._pairs(self.report.references.setdefault(PHOTO, Result()), lambda photo: photo)

    def _look(self, faces: Reader) -> None:
        report, inputs = self.report, self.inputs
        exemplars = Exemplars.read(inputs.exemplars, self.config)
        report.seen, report.held = len(exemplars.seen), len(exemplars.held)
        paths, others = photos.chosen(list(inputs.photos))
        report.subjects, report.without_face = photos.look(
            paths, faces, _framing(exemplars, faces), inputs.with_glasses
        )
        strangers = photos.gallery(others, faces)
        report.others = len(strangers)
        own = np.stack([subject.embedding for subject in report.subjects])
        self._gallery = np.concatenate([own, strangers]) if len(strangers) else own
        seen = _statistics(exemplars.seen, inputs.vgg)
        self._gap = StyleGap(seen, _statistics(exemplars.held, inputs.vgg))
        self._draws = summary.draws(len(report.subjects), report.held, summary.DRAWS)
        self._groups = summary.groups(report.subjects)

        photo = self._measured(PHOTO, _untouched, faces)
        self._scale = Scale(photo, self._gap)
        report.references[PHOTO] = self._result(photo)
        report.references[PHOTO].rotation = self._rotation(_untouched, faces)
        transfer = self._measured(TRANSFER, _transfer(report.subjects, exemplars), faces)
        report.references[TRANSFER] = self._result(transfer)
        report.references[EXEMPLARS] = Result({"style_gap": self._between_exemplars(seen)})

    def _measured(self, name: str, stylizer: Callable[[Subject], Stylize], faces: Reader) -> Rows:
        rows = measure.measure(name, stylizer, self.report.subjects, self._gallery, self._gap, self.inputs.vgg, faces)
        self._rows[name] = rows
        return rows

    def _rotation(self, stylizer: Callable[[Subject], Stylize], faces: Reader) -> Rotation:
        spun = [self.report.subjects[index] for index in measure.evenly(TURNED, len(self.report.subjects))]
        return robustness.rotation(stylizer, spun, self.inputs.vgg, faces)

    def _between_exemplars(self, seen: Tensor) -> Valued:
        """Seen exemplars' distance from held-out ones: where a perfect imitator would lie, 0 but for chance."""
        assert self._scale is not None
        spread, photo = self._gap.spread(seen), self._scale.photo.spread
        rng = np.random.default_rng(2)
        drawn = []
        for subjects, held in self._draws:
            counts = np.bincount(rng.integers(len(seen), size=len(seen)), minlength=len(seen))
            drawn.append(self._gap.distance(spread, counts, held) / self._gap.distance(photo, subjects, held))
        return Valued(self._gap.distance(spread) / self._gap.distance(photo), *summary.interval(drawn))

    def _drawn(self, rows: Rows) -> list[Figures]:
        assert self._scale is not None
        return [self._scale.figures(rows, *draw) for draw in self._draws]

    def _result(self, rows: Rows) -> Result:
        assert self._scale is not None
        figures, drawn = self._scale.figures(rows), self._drawn(rows)
        valued = {key: Valued(value, *summary.interval([d[key] for d in drawn])) for key, value in figures.items()}
        missed = [s.name for s, found in zip(self.report.subjects, rows.values["redetected"], strict=True) if not found]
        sliced = summary.sliced(self._scale, rows, self._groups)
        return Result(valued, sliced, failures=missed, outputs=rows.outputs)

    def _pairs(self, result: Result, stylize: Stylize) -> None:
        if self._held_out is not None:
            result.pairs = dataclasses.asdict(self._held_out.evaluate(stylize))

    def add(self, name: str, stylize: Stylize) -> Result:
        """Measures a network; the first is the full one, which the others are compared with."""
        report, full = self.report, next(iter(self.report.networks.values()), None)
        result = Result()
        if report.subjects and self.inputs.faces:
            rows = self._measured(name, lambda _: stylize, self.inputs.faces)
            result = self._result(rows)
            result.rotation = self._rotation(lambda _: stylize, self.inputs.faces)
        self._pairs(result, stylize)
        if full is not None:
            self._compare(result, name, full)
        report.networks[name] = result
        return result

    def _compare(self, result: Result, name: str, full: Result) -> None:
        if result.outputs:
            noise = [export.psnr(a, b) for a, b in zip(result.outputs, full.outputs, strict=True)]
            result.psnr = float(np.mean(noise)), float(min(noise))
            first = next(iter(self.report.networks))
            drawn = zip(self._drawn(self._rows[name]), self._drawn(self._rows[first]), strict=True)
            shares = [summary.kept(variant["style_gap"], whole["style_gap"], 1.0) for variant, whole in drawn]
            value = summary.kept(result.figures["style_gap"].value, full.figures["style_gap"].value, 1.0)
            result.keeps["style_gap"] = Valued(value, *summary.interval(shares))
        for key in ("gap", "paired") if result.pairs else ():
            photo: Mapping[str, float] = self.report.references[PHOTO].pairs
            value = summary.kept(result.pairs[key], full.pairs[key], photo[key])
            result.keeps[key] = Valued(value, float("nan"), float("nan"))
