"""An evaluation as JSON for programs and as Markdown for people."""

from __future__ import annotations

import dataclasses
import json
import math
import pathlib
import typing

from .photos import SIZE
from .result import Report, Result, Valued
from .robustness import Rotation

ROWS = {
    "style_gap": ("style gap", "1 = a photo, 0 = the style", 3),
    "content": ("content", "VGG19 distance from the photo", 3),
    "rank1": ("rank-1", "own photo found first", 3),
    "verification": ("verification AUC", "0.5 = chance", 3),
    "landmark_error": ("landmark error", "of inter-ocular distance", 3),
    "eyes": ("openness of eyes", "correlation with the photo's", 2),
    "mouth": ("openness of mouth", "correlation with the photo's", 2),
    "redetected": ("face found again", "share of photos", 2),
    "chroma_inside": ("colour moved, person", "CIE a*b*", 1),
    "chroma_outside": ("colour moved, ground", "CIE a*b*", 1),
    "lightness_inside": ("person lighter by", "CIE L*", 1),
    "bleached": ("ground bleached", "share gone near-white", 3),
    "jitter": ("jitter under 1 pixel", "levels of 255", 2),
}
"""Of every figure the name, the unit and the digits that are shown."""
SLICED = ("style_gap", "content", "rank1", "landmark_error", "redetected", "chroma_inside", "lightness_inside")
PAIRED = {"paired": "distance from the drawing", "content": "distance from the photo", "gap": "distance from the style"}


def _plain(value: typing.Any) -> typing.Any:
    """What JSON can say: NaN becomes null, figures have six digits."""
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def _result(result: Result) -> dict[str, typing.Any]:
    fields = {f.name: getattr(result, f.name) for f in dataclasses.fields(result) if f.name != "outputs"}
    for key in ("figures", "keeps"):
        fields[key] = {name: dataclasses.asdict(valued) for name, valued in fields[key].items()}
    rotation = fields["rotation"]
    fields["rotation"] = dataclasses.asdict(rotation) if rotation else None
    return {key: value for key, value in fields.items() if value}


def to_json(report: Report) -> str:
    content = {
        "style": report.style,
        "size": SIZE,
        "photos": {
            "stylized": [subject.name for subject in report.subjects],
            "without_face": report.without_face,
            "others": report.others,
        },
        "exemplars": {"seen": report.seen, "held_out": report.held},
        "references": {name: _result(result) for name, result in report.references.items()},
        "networks": {name: _result(result) for name, result in report.networks.items()},
    }
    return json.dumps(_plain(content), indent=1, ensure_ascii=False) + "\n"


def _number(value: float, digits: int) -> str:
    return f"{value:.{digits}f}" if math.isfinite(value) else "–"


def _valued(valued: Valued | None, digits: int) -> str:
    if valued is None or not math.isfinite(valued.value):
        return "–"
    text = _number(valued.value, digits)
    return (
        f"{text} ({_number(valued.low, digits)} … {_number(valued.high, digits)})" if valued.low < valued.high else text
    )


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _figures(columns: dict[str, Result]) -> str:
    rows = []
    for key, (name, unit, digits) in ROWS.items():
        rows.append([f"{name} ({unit})", *(_valued(column.figures.get(key), digits) for column in columns.values())])
    return _table(["", *columns], rows)


def _variants(report: Report) -> str:
    full, *variants = report.networks.items()
    rows = []
    for name, result in variants:
        kept = [_valued(result.keeps.get(key), 2) for key in ("style_gap", "gap", "paired")]
        noise = f"{result.psnr[0]:.1f} dB, least {result.psnr[1]:.1f}" if result.psnr else "–"
        rows.append([name, noise, *kept])
    text = _table(["", f"PSNR against {full[0]}", "keeps of style gap", "of gap", "of paired"], rows)
    changes = []
    for key, (label, _, digits) in ROWS.items():
        whole = full[1].figures.get(key)
        if whole:
            moved = [_number(r.figures[key].value - whole.value, digits + 1) for _, r in variants if key in r.figures]
            changes.append([label, *moved])
    return text + ("\nChange of every figure:\n\n" + _table(["", *dict(variants)], changes) if changes else "")


def _rotation(columns: dict[str, Result]) -> str:
    turned: dict[str, Rotation] = {name: column.rotation for name, column in columns.items() if column.rotation}
    degrees = [f"{angle}°" for angle in next(iter(turned.values())).degrees]
    rows = []
    for name, rotation in turned.items():
        for label, values in (
            ("content", rotation.content),
            ("from upright", rotation.from_upright),
            ("face found again", rotation.redetected),
        ):
            rows.append([f"{name}: {label}", *(_number(value, 2) for value in values)])
    return _table(["", *degrees], rows)


def _slices(result: Result) -> str:
    rows = []
    for kind, parts in result.slices.items():
        for name, figures in parts.items():
            if figures["count"]:
                shown = [_number(figures.get(key, float("nan")), ROWS[key][2]) for key in SLICED]
                rows.append([f"{kind}: {name}", str(figures["count"]), *shown])
    return _table(["", "photos", *(ROWS[key][0] for key in SLICED)], rows)


def to_markdown(report: Report) -> str:
    columns = report.references | report.networks
    parts = [f"# {report.style}\n"]
    if report.subjects:
        parts += [
            f"{len(report.subjects)} held-out photos at {SIZE} pixels; {report.held} held-out exemplars, {report.seen} "
            f"that training saw; identity among {len(report.subjects) + report.others} photos. In brackets 95 % "
            "bootstrap intervals. Style and content count together only.\n",
            _figures({name: column for name, column in columns.items() if column.figures}),
        ]
        for name, result in report.networks.items():
            if result.failures:
                parts.append(f"{name}: no face found again in {', '.join(result.failures)}.\n")
    paired = {name: column for name, column in columns.items() if column.pairs}
    if paired:
        count = int(next(iter(paired.values())).pairs["count"])
        keys = [key for key in next(iter(paired.values())).pairs if key != "count"]
        rows = [
            [PAIRED.get(key, key).replace("_", " ") if key not in PAIRED else f"{key} ({PAIRED[key]})"]
            + [_number(column.pairs[key], 4) for column in paired.values()]
            for key in keys
        ]
        parts += [f"## On {count} held-out pairs\n", _table(["", *paired], rows)]
    if len(report.networks) > 1:
        parts += ["## Against the full network\n", _variants(report)]
    if any(column.rotation for column in columns.values()):
        parts += ["## Turned photos\n", _rotation(columns)]
    for name, result in report.networks.items():
        if result.slices:
            parts += [f"## Slices: {name}\n", _slices(result)]
    return "\n".join(parts)


def card_figures(report: Report, name: str) -> dict[str, float]:
    """One flat record for the style's card: the figures of pairs as they are named there, and the others beside."""
    result = report.networks[name]
    unpaired = {key if key not in result.pairs else f"photos_{key}": v.value for key, v in result.figures.items()}
    gap = result.figures.get("style_gap")
    ends = {"style_gap_low": gap.low, "style_gap_high": gap.high} if gap else {}
    counts = {"photos": len(report.subjects), "exemplars_held_out": report.held} if report.subjects else {}
    kept = {f"keeps_{key}": valued.value for key, valued in result.keeps.items()}
    return result.pairs | counts | unpaired | ends | kept | {"size": SIZE}


def write(report: Report, folder: pathlib.Path) -> list[pathlib.Path]:
    """`report.json` and `report.md`."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / "report.json", folder / "report.md"]
    for path, text in zip(paths, (to_json(report), to_markdown(report)), strict=True):
        path.write_text(text, "utf8")
    return paths
