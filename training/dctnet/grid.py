"""The picture one judges a run by: fixed photos above what the network makes of them."""

from __future__ import annotations

import pathlib

import numpy as np
import torch
from PIL import Image

from . import data
from .ground import Picture
from .ttn import Ttn

SIZE = 384


def choose(photos: list[pathlib.Path]) -> list[Picture]:
    """Four photos of each folder, up to 16 in all, always the same ones."""
    each = max(1, min(4, 16 // len(photos)))
    found = [data.pictures([folder], "photos") for folder in photos]
    chosen = [paths[(2 * k + 1) * len(paths) // (2 * each)] for paths in found for k in range(each)]
    return [data.read(path, SIZE) for path in chosen[:16]]


@torch.no_grad()
def stylize(network: Ttn, photo: Picture, device: torch.device) -> Picture:
    """One square photo whose side is a multiple of the stride, through the network in bf16."""
    with torch.autocast(device.type, torch.bfloat16):
        output = network(data.to_tensor(photo)[None].to(device, memory_format=torch.channels_last))
    values = ((output[0].float() + 1) * 127.5).round().clamp(0, 255).byte()
    return values.permute(1, 2, 0).cpu().numpy()


def save(network: Ttn, photos: list[Picture], path: pathlib.Path, device: torch.device) -> None:
    cells = [np.concatenate((photo, stylize(network, photo, device))) for photo in photos]
    rows = [np.concatenate(cells[start : start + 8], 1) for start in range(0, len(cells), 8)]
    width = rows[0].shape[1]
    rows = [np.pad(row, ((0, 0), (0, width - row.shape[1]), (0, 0)), constant_values=255) for row in rows]
    Image.fromarray(np.concatenate(rows)).save(path)
