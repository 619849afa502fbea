"""Looks at every exemplar and photo, writes a report with contact sheets, and links what is accepted into folders."""

from __future__ import annotations

import collections
import dataclasses
import json
import os
import pathlib
import shutil
from typing import Any

import numpy as np
from tqdm import tqdm

from .. import data
from ..errors import DctnetError
from ..faces import align, locate
from ..faces.networks import FaceRecognition
from ..ground import Picture
from . import duplicates, sheet
from .check import Verdict, check
from .config import Prepare

ADVICE = {
    "excluded": "the style's `exclude` names them",
    "unreadable": "save them anew as JPEG, PNG or WebP",
    "too small": "look for larger ones: what is enlarged teaches blur",
    "no face found": "leave them out; for exemplars drawn too freely to be recognised set `require_face = false`",
    "face unclear": "leave them out: landmarks on them would mislead",
    "face cut off": "choose pictures with the whole face",
    "face too small": "crop them to head and shoulders",
    "too many faces": "crop them to one person each",
    "face in profile": "leave them out: a style is learned from faces that look ahead",
    "colour of skin": "leave them out, or set `most_chroma = 0` when the style's skin is meant to be of any colour",
    "near-duplicate": "nothing to do: the first of each is kept",
}


class PrepareError(DctnetError):
    """Too little is left to train on; the report is written all the same."""


@dataclasses.dataclass
class Kind:
    """Exemplars or photos."""

    name: str
    verdicts: list[Verdict]
    cells: dict[pathlib.Path, Picture | None]

    def refused(self) -> dict[str, int]:
        return dict(collections.Counter(v.reason for v in self.verdicts if v.reason).most_common())

    def accepted(self) -> list[Verdict]:
        return [v for v in self.verdicts if v.accepted]


def look(
    name: str,
    paths: list[pathlib.Path],
    found: dict[pathlib.Path, list[locate.Face]],
    rules: Prepare,
    encoder: FaceRecognition,
) -> Kind:
    """Every picture's verdict, in the order of the paths: the first of several duplicates stays."""
    seen, kept, verdicts, cells = duplicates.Seen(rules.duplicates), [], [], {}
    for path in tqdm(paths, desc=f"checking {name}", unit="picture"):
        verdict, picture = check(path, found[path], rules)
        if verdict.accepted and picture is not None:
            new = duplicates.fingerprint(picture, verdict.face, encoder)
            if (twin := seen.duplicate_of(new)) is not None:
                verdict.reason = "near-duplicate"
                verdict.detail = f"of {kept[twin[0]].name}, correlation {twin[1]:.3f}"
            else:
                seen.add(new)
                kept.append(path)
        verdicts.append(verdict)
        cells[path] = None if picture is None else sheet.thumbnail(picture, verdict)
    return Kind(name, verdicts, cells)


def _row(verdict: Verdict) -> dict[str, Any]:
    row: dict[str, Any] = {
        "path": str(verdict.path),
        "accepted": verdict.accepted,
        "reason": verdict.reason,
        "detail": verdict.detail,
        "size": list(verdict.size),
    }
    if verdict.face is not None:
        row["face"] = {
            "box": [round(float(v), 1) for v in verdict.face.box],
            "score": round(verdict.face.score, 3),
            "sure": round(verdict.face.sure, 3),
            "openness": [round(v, 3) for v in align.openness(verdict.face.landmarks)],
        }
    return row


def markdown(kinds: list[Kind]) -> str:
    """A table of what was refused and why, with what to do about it."""
    lines = ["# What is fit to train on", ""]
    for kind in kinds:
        total, accepted = len(kind.verdicts), len(kind.accepted())
        faces = sum(v.face is not None for v in kind.verdicts)
        lines += [f"## {kind.name}: {accepted} of {total} accepted", ""]
        lines += [f"A face was found in {faces} of them.", ""]
        if refused := kind.refused():
            lines += ["| refused because | count | what to do |", "|---|---|---|"]
            lines += [f"| {reason} | {count} | {ADVICE[reason]} |" for reason, count in refused.items()]
            lines += [""]
    return "\n".join(lines)


def _link(kind: Kind, folder: pathlib.Path) -> None:
    """The accepted pictures as hard links (copies on another disk), one folder for each that they came from."""
    shutil.rmtree(folder, ignore_errors=True)
    for verdict in kind.accepted():
        target = folder / verdict.path.parent.name / verdict.path.name
        number = 1
        while target.exists():  # two source folders of one name
            number += 1
            target = folder / f"{verdict.path.parent.name}-{number}" / verdict.path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(verdict.path, target)
        except OSError:
            shutil.copy2(verdict.path, target)


def _enough(kinds: list[Kind], rules: Prepare, report: pathlib.Path) -> None:
    for kind in kinds:
        accepted, total, refused = len(kind.accepted()), len(kind.verdicts), kind.refused()
        least = rules.least_accepted if kind.name == "exemplars" else 1
        if accepted >= least:
            continue
        reason = next(iter(refused), None)
        why = f"most are refused as {reason!r}: {ADVICE[reason]}" if reason else "add more: about a hundred are wanted"
        raise PrepareError(
            f"{kind.name}: {accepted} of {total} can be used and {least} are needed; {why}. {report} has every picture"
        )


def prepare(
    rules: Prepare,
    exemplars: pathlib.Path,
    photos: list[pathlib.Path],
    weights: pathlib.Path,
    run: pathlib.Path,
) -> list[Kind]:
    """Writes into `run`: report.json, report.md, accepted.png, refused.png, and the folders exemplars/ and photos/ with
    what is accepted. Raises DataError when there is nothing to look at, PrepareError when too little can be used."""
    wanted = [("exemplars", data.pictures([exemplars], "exemplars"), rules)]
    if photos:
        # A photo's skin may have any colour, warm light included.
        strict = dataclasses.replace(rules, require_face=True, most_chroma=0.0)
        wanted.append(("photos", data.pictures(photos, "photos"), strict))
    run.mkdir(parents=True, exist_ok=True)
    locator, encoder = locate.Locator(weights), FaceRecognition(weights)
    kinds = []
    for name, paths, applied in wanted:
        found = locate.locate_all(paths, run / "faces.npz", locator)
        kinds.append(look(name, paths, found, applied, encoder))
    report = run / "report.md"
    report.write_text(markdown(kinds), "utf8")
    rows = {kind.name: [_row(v) for v in kind.verdicts] for kind in kinds}
    (run / "report.json").write_text(json.dumps(rows, indent=1), "utf8")
    for accepted in (True, False):
        cells = [
            (kind.cells[v.path], v.path.stem, v.reason or "")
            for kind in kinds
            for v in kind.verdicts
            if v.accepted is accepted
        ]
        sheet.sheet(cells, run / ("accepted.png" if accepted else "refused.png"))
    for kind in kinds:
        _link(kind, run / kind.name)
    _enough(kinds, rules, report)
    return kinds


def summary(kinds: list[Kind]) -> str:
    lines = []
    for kind in kinds:
        refused = ", ".join(f"{count} {reason}" for reason, count in kind.refused().items()) or "none refused"
        share = np.mean([v.face is not None for v in kind.verdicts])
        lines.append(f"{kind.name}: {len(kind.accepted())} of {len(kind.verdicts)} accepted ({refused})")
        lines.append(f"{kind.name}: a face found in {100 * share:.1f} %")
    return "\n".join(lines)
