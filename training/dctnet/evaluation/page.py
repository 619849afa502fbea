"""An evaluation as one page to look at; needs matplotlib (`pip install dctnet[plots]`)."""

from __future__ import annotations

import math
import pathlib
import typing

import numpy as np

from ..errors import DctnetError
from .measure import evenly
from .report import ROWS
from .result import EXEMPLARS, PHOTO, TRANSFER, Report, Result

if typing.TYPE_CHECKING:
    from matplotlib.axes import Axes

GRAY, INK = "#8a8f98", "#23262b"
COLOURS = ("#2f6db5", "#d9822b", "#3f9a6b", "#a04fa8", "#c0504d", "#5f7285")
SHOWN = 8
"""Photos at the top of the page."""
BARS = (
    ("rank1", "verification", "redetected"),
    ("eyes", "mouth"),
    ("chroma_inside", "chroma_outside", "lightness_inside"),
)
DOTS = ("style_gap", "content", "rank1", "lightness_inside")
"""Figures shown by slice, of the full network."""


class PlotError(DctnetError):
    """There is nothing to plot with."""


def _pictures(report: Report, axes: Axes) -> None:
    chosen = evenly(SHOWN, len(report.subjects))
    order = sorted(chosen, key=lambda index: report.subjects[index].skin)
    rows = {"photo": [report.subjects[index].photo for index in order]}
    rows |= {name: [result.outputs[index] for index in order] for name, result in report.networks.items()}
    cells = [np.concatenate([picture[::2, ::2] for picture in row], 1) for row in rows.values()]
    axes.imshow(np.concatenate(cells, 0))
    side = report.subjects[0].photo.shape[0] // 2
    axes.set_yticks([(index + 0.5) * side for index in range(len(rows))], [_short(report, name) for name in rows])
    axes.set_xticks([])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _short(report: Report, name: str) -> str:
    """`ttn_STYLE` is the full network, `ttn_STYLE_int8` the one in int8."""
    full = f"ttn_{report.style}"
    return "full" if name == full else name.removeprefix(f"{full}_")


def _style(report: Report, columns: dict[str, Result], colours: dict[str, str], axes: Axes) -> None:
    """Style gap against content: a good network is low and to the left."""
    for name, result in columns.items():
        gap, content = result.figures["style_gap"], result.figures["content"]
        if name in (PHOTO, TRANSFER):
            marker, colour = "s", GRAY
        else:
            marker, colour = "o", colours[name]
        axes.errorbar(
            content.value,
            gap.value,
            yerr=[[max(0, gap.value - gap.low)], [max(0, gap.high - gap.value)]],
            xerr=[[max(0, content.value - content.low)], [max(0, content.high - content.value)]],
            fmt=marker,
            color=colour,
            markersize=6,
            capsize=2,
            linewidth=1,
        )
        axes.annotate(
            _short(report, name),
            (content.value, gap.value),
            (5, 5),
            textcoords="offset points",
            fontsize=8,
            color=colour,
        )
    exemplars = report.references[EXEMPLARS].figures["style_gap"]
    axes.axhspan(exemplars.low, exemplars.high, color=GRAY, alpha=0.18, linewidth=0)
    axes.axhline(exemplars.value, color=GRAY, linewidth=1)
    axes.text(
        0.99, exemplars.value, "exemplars", transform=axes.get_yaxis_transform(), ha="right", va="bottom", fontsize=8
    )
    axes.axhline(1, color=GRAY, linewidth=0.5, linestyle=":")
    axes.set_xlabel("content: distance from the photo")
    axes.set_ylabel("style gap")
    axes.set_title("Style and content, with 95 % intervals")


def _bars(
    report: Report, columns: dict[str, Result], colours: dict[str, str], keys: tuple[str, ...], axes: Axes
) -> None:
    width = 0.8 / len(columns)
    for place, (name, result) in enumerate(columns.items()):
        valued = [result.figures[key] for key in keys]
        values = [v.value if math.isfinite(v.value) else 0 for v in valued]
        at = np.arange(len(keys)) + (place - (len(columns) - 1) / 2) * width
        error = [
            [max(0, np.nan_to_num(v.value - v.low)) for v in valued],
            [max(0, np.nan_to_num(v.high - v.value)) for v in valued],
        ]
        bars = axes.bar(at, values, width * 0.9, color=colours.get(name, GRAY), label=_short(report, name))
        axes.errorbar(at, values, yerr=error, fmt="none", ecolor=INK, elinewidth=0.8)
        digits = 1 if max(map(abs, values)) > 1.5 else 2
        axes.bar_label(bars, [f"{v:.{digits}f}" for v in values], label_type="center", fontsize=7, color="white")
    axes.set_xticks(range(len(keys)), [ROWS[key][0] for key in keys])
    axes.axhline(0, color=INK, linewidth=0.6)


def _rotation(report: Report, columns: dict[str, Result], colours: dict[str, str], axes: Axes) -> None:
    for name, result in columns.items():
        if result.rotation:
            colour = colours.get(name, GRAY)
            axes.plot(
                result.rotation.degrees, result.rotation.from_upright, "o-", color=colour, label=_short(report, name)
            )
    axes.set_xticks(next(r.rotation.degrees for r in columns.values() if r.rotation))
    axes.set_ylim(bottom=0)
    axes.set_xlabel("degrees; the gray line is what turning costs a photo")
    axes.set_title("Turned photos: distance from the upright output")


def _slices(result: Result, colour: str, keys: tuple[str, ...], axes: list[Axes]) -> None:
    rows = [
        (f"{kind}: {name} ({figures['count']})", figures)
        for kind, parts in result.slices.items()
        for name, figures in parts.items()
        if len(figures) > 1
    ]
    places = np.arange(len(rows))[::-1]
    for key, one in zip(keys, axes, strict=True):
        one.axvline(result.figures[key].value, color=GRAY, linewidth=1)
        values = [figures[key] for _, figures in rows]
        one.plot(values, places, "o", color=colour, markersize=5)
        # From 0 on: a slice is to be seen against the whole figure, not against the other slices.
        reach = [0, result.figures[key].value, *(value for value in values if math.isfinite(value))]
        low, high = min(reach), max(reach)
        # Where every value is 0, a scale is still needed, and any will do.
        one.set_xlim(1.15 * low, 1.15 * high if high > low else 1)
        one.set_title(ROWS[key][0], fontsize=9)
        one.grid(axis="y", color="#e4e6ea", linewidth=0.6)
        one.set_yticks(places, [label for label, _ in rows] if one is axes[0] else [""] * len(rows), fontsize=8)
        one.set_ylim(-0.7, len(rows) - 0.3)


def save(report: Report, path: pathlib.Path) -> None:
    """Raises PlotError where matplotlib is not installed."""
    try:
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib import pyplot
    except ImportError:
        raise PlotError("the page needs matplotlib: pip install 'dctnet[plots]'") from None
    networks = report.networks
    colours = dict(zip(networks, COLOURS * 3, strict=False))
    references = {name: report.references[name] for name in (PHOTO, TRANSFER)}
    style = {
        "font.size": 9,
        "axes.titlesize": 10,
        "axes.titleweight": "bold",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": GRAY,
        "text.color": INK,
        "legend.frameon": False,
        "legend.fontsize": 8,
    }
    with pyplot.rc_context(style):
        top = 1.75 * (len(networks) + 1)
        figure = pyplot.figure(figsize=(14, top + 11.2), layout="constrained")
        heights = [top, 3.6, 3.2, 3.6]
        outer = figure.add_gridspec(4, 1, height_ratios=heights, hspace=0.05)
        figure.suptitle(
            f"{report.style}: {len(report.subjects)} held-out photos at 512 pixels, {report.held} held-out exemplars",
            fontsize=14,
            fontweight="bold",
        )
        _pictures(report, figure.add_subplot(outer[0]))
        middle = outer[1].subgridspec(1, 2)
        _style(report, references | networks, colours, figure.add_subplot(middle[0]))
        turned = figure.add_subplot(middle[1])
        _rotation(report, {PHOTO: report.references[PHOTO]} | networks, colours, turned)
        turned.legend()
        lower = outer[2].subgridspec(1, 3, width_ratios=[3, 2, 3])
        titles = ("Identity and faces found again", "Openness, correlation", "Colours moved, CIE Lab")
        for index, (keys, title) in enumerate(zip(BARS, titles, strict=True)):
            axes = figure.add_subplot(lower[index])
            _bars(report, networks, colours, keys, axes)
            axes.set_title(title)
        name, full = next(iter(networks.items()))
        last = outer[3].subgridspec(1, len(DOTS))
        _slices(full, colours[name], DOTS, [figure.add_subplot(last[index]) for index in range(len(DOTS))])
        figure.savefig(path, dpi=100)
        pyplot.close(figure)
