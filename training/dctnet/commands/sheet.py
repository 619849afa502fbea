"""`dctnet sheet`: what a style's network makes of the held-out photos, to look at and to publish."""

from __future__ import annotations

import argparse
import pathlib

from ..arguments import whole


def run(arguments: argparse.Namespace) -> None:
    import numpy as np
    from tqdm import tqdm

    from .. import data, export
    from ..evaluation import photos, sheet
    from ..evaluation.photos import SIZE

    model = arguments.models / arguments.network / "1" / "model.onnx"
    network = export.session(model)
    paths, _ = photos.chosen(arguments.photos)
    pictures = [data.read(path, SIZE) for path in paths]
    outputs = [export.run(network, picture) for picture in tqdm(pictures, desc=arguments.network, unit="photo")]
    both = [np.concatenate(pair) for pair in zip(pictures, outputs, strict=True)]
    cells, height = (outputs, arguments.cell) if arguments.drawings_only else (both, 2 * arguments.cell)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    sheet.grid(cells, arguments.cell, height).save(arguments.out, quality=82)
    print(f"{arguments.out}: {len(paths)} photos")


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("sheet", help="draw the held-out photos on one sheet, to look at and to publish")
    path = pathlib.Path
    parser.add_argument("network", help="for example ttn_engraving_int8")
    parser.add_argument("--models", type=path, default=path("models"), help="the model repository (default models)")
    parser.add_argument("--photos", type=path, nargs="+", required=True, help="the folders that it was trained with")
    parser.add_argument("--out", type=path, required=True, help="the sheet, a .jpg or .png")
    parser.add_argument("--cell", type=whole(16, 4096), default=192, help="pixels of a picture's side (default 192)")
    parser.add_argument("--drawings-only", action="store_true", help="where the photos may not be published")
    parser.set_defaults(command=run)
