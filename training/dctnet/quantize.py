"""A network as statically quantised int8 ONNX: per-channel S8 weights, U8 activations, QDQ.

The first and last convolutions stay float, where 8 bits show (they carry the colours) and cost little.
"""

from __future__ import annotations

import copy
import logging
import pathlib
import tempfile

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime import quantization
from torch import Tensor, nn

from . import data, export
from .ground import Picture
from .ttn import Ttn

BALANCE = 0.8
"""0 … 1: how much of the equalisation goes to the activations, the rest to the weights, which have a scale per channel
anyway. Found by trying: at 0.5 `evaluate` shows a weaker style in int8 than in fp32, at 0.8 none."""


def calibration_photos(folders: list[pathlib.Path], count: int = 48, size: int = 256) -> list[Picture]:
    """`count` photos spread evenly over the folders."""
    found = data.pictures(folders, "calibration photos")
    step = max(1, len(found) // count)
    return [data.read(path, size) for path in found[::step][:count]]


def _spaces(network: Ttn) -> list[tuple[list[nn.Conv2d], list[nn.Conv2d]]]:
    """Every space of channels between convolutions: who writes into it, who reads from it.

    Between them lie only sums, bilinear interpolation and LeakyReLU, all of which commute with a positive factor.
    """
    firsts = [block.first for block in network.body]
    seconds = [block.second for block in network.body]
    return [
        ([network.stem, network.up_half], [network.down_quarter, network.merge_half]),
        ([network.down_quarter], [network.at_quarter]),
        ([network.at_quarter, network.up_quarter], [network.down_eighth, network.merge_quarter]),
        ([network.down_eighth, *seconds], [*firsts, network.up_quarter]),
        ([network.merge_quarter], [network.up_half]),
        ([network.merge_half], [network.head]),
        *(([first], [second]) for first, second in zip(firsts, seconds, strict=True)),
    ]


@torch.no_grad()
def equalize(network: Ttn, photos: list[Picture]) -> Ttn:
    """The same function with channels of like range: a whole activation has one 8-bit scale, which a loud channel
    would take from the quiet ones. Cross-layer equalisation (Nagel et al. 2019) on measured ranges."""
    network = copy.deepcopy(network).float().eval()
    ranges: dict[nn.Module, Tensor] = {}

    def measure(layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        found = inputs[0].abs().amax((0, 2, 3))
        ranges[layer] = torch.maximum(ranges[layer], found) if layer in ranges else found

    layers = [layer for layer in network.modules() if isinstance(layer, nn.Conv2d)]
    hooks = [layer.register_forward_pre_hook(measure) for layer in layers]
    for photo in photos:
        network(data.to_tensor(photo)[None])
    for hook in hooks:
        hook.remove()
    for writers, readers in _spaces(network):
        activation = torch.stack([ranges[reader] for reader in readers]).amax(0).clamp_min(1e-4)
        weight = torch.stack([reader.weight.abs().amax((0, 2, 3)) for reader in readers]).amax(0).clamp_min(1e-6)
        factor = activation**BALANCE / weight ** (1 - BALANCE)
        factor /= factor.log().mean().exp()
        for writer in writers:
            assert writer.bias is not None
            writer.weight /= factor.view(-1, 1, 1, 1)
            writer.bias /= factor
        for reader in readers:
            reader.weight *= factor.view(1, -1, 1, 1)
    return network


class _Calibration(quantization.CalibrationDataReader):
    def __init__(self, photos: list[Picture]) -> None:
        self.waiting = iter([{"image": photo[None]} for photo in photos])

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        return next(self.waiting, None)


def to_onnx(network: Ttn, path: pathlib.Path, photos: list[Picture]) -> None:
    """Writes the network as int8, equalised and calibrated on `photos`, [H, W, 3] uint8 each, sides multiples of 8."""
    logging.getLogger().setLevel(logging.ERROR)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        full, prepared = pathlib.Path(folder) / "full.onnx", pathlib.Path(folder) / "prepared.onnx"
        export.to_onnx(equalize(network, photos), full)
        convolutions = [node.name for node in onnx.load(full).graph.node if node.op_type == "Conv"]
        quantization.quant_pre_process(str(full), str(prepared), skip_symbolic_shape=True)
        quantization.quantize_static(
            str(prepared),
            str(path),
            _Calibration(photos),
            quant_format=quantization.QuantFormat.QDQ,
            # Sums and interpolations stay float: in 8 bits they gain little time and cost quality.
            op_types_to_quantize=["Conv"],
            nodes_to_exclude=[convolutions[0], convolutions[-1]],
            per_channel=True,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
        )
