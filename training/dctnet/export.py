"""A network as ONNX, from uint8 pictures to uint8 pictures, and how such a file is run."""

from __future__ import annotations

import contextlib
import copy
import io
import logging
import pathlib
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn

from .ttn import STRIDE, Ttn

OPSET = 18
SMALLEST = 32
"""Pixels; the smallest height or width that the exported network takes."""


class FoldedStem(nn.Conv2d):
    """Pixel-unshuffle(2) and the 3×3 convolution after it, as the one 6×6 convolution of stride 2 that they equal.

    Runtimes have a fast kernel for that and none for the shuffle.
    """

    def __init__(self, stem: nn.Conv2d) -> None:
        super().__init__(3, stem.out_channels, 6, 2, 2)
        with torch.no_grad():
            # [out, 3·2·2, 3, 3] → [out, 3, 3·2, 3·2]: input channel c·4 + 2·dy + dx is pixel (dy, dx) of its square.
            weight = stem.weight.view(-1, 3, 2, 2, 3, 3).permute(0, 1, 4, 2, 5, 3)
            self.weight.copy_(weight.reshape(self.weight.shape))
            assert self.bias is not None and stem.bias is not None
            self.bias.copy_(stem.bias)


class Folded(nn.Module):
    """A TTN with its stem folded."""

    def __init__(self, network: Ttn) -> None:
        super().__init__()
        self.network = network
        self.stem = FoldedStem(network.stem)

    def forward(self, x: Tensor) -> Tensor:
        return self.network.after_stem(self.stem(x))


class Served(nn.Module):
    """uint8 [N, H, W, 3] sRGB in and out: all conversion happens inside the graph, so that callers need none.

    `draw` maps float [N, 3, H, W] in -1 … 1, H and W multiples of the stride, to the same.
    """

    def __init__(self, draw: nn.Module, precision: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.draw, self.precision = draw.to(precision), precision

    def forward(self, image: Tensor) -> Tensor:
        height, width = image.shape[1], image.shape[2]
        x = image.permute(0, 3, 1, 2).to(self.precision) / 127.5 - 1
        x = F.pad(x, (0, (-width) % STRIDE, 0, (-height) % STRIDE), mode="replicate")
        y = self.draw(x)[:, :, :height, :width]
        y = ((y + 1) * 127.5).round().clamp(0, 255)
        return y.permute(0, 2, 3, 1).to(torch.uint8)


def halve(model: onnx.ModelProto, rounding: bool = False) -> None:
    """Stores weights as float16 where they are that anyway; with `rounding` those of all convolutions too.

    It computes in float32 as before: runtimes widen the weights once, as they load them.
    """
    nodes = []
    for tensor in list(model.graph.initializer):
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < 16:
            continue
        with np.errstate(over="ignore"):
            halves = values.astype(np.float16)
        if not (np.array_equal(values, halves) or (rounding and values.ndim == 4 and np.isfinite(halves).all())):
            continue
        name = tensor.name
        model.graph.initializer.remove(tensor)
        model.graph.initializer.append(numpy_helper.from_array(halves, f"{name}/half"))
        nodes.append(onnx.helper.make_node("Cast", [f"{name}/half"], [name], to=onnx.TensorProto.FLOAT))
    rest = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*nodes, *rest])


def to_onnx(
    draw: nn.Module, path: pathlib.Path, precision: torch.dtype = torch.float32, half_weights: bool = False
) -> None:
    """Writes `draw`, as `Served` takes it, as one self-contained file with input `image` and output `stylized`.

    Any N, any H and W ≥ 32. The stem of a TTN is folded. `precision` float16 is for GPUs: weights and activations.
    `half_weights` is for the edge, where the file's bytes count: weights alone, see `halve`.
    """
    draw = copy.deepcopy(draw)
    served = Served(Folded(draw) if isinstance(draw, Ttn) else draw, precision)
    dim = torch.export.Dim
    shapes = ({0: dim("batch", min=1), 1: dim("height", min=SMALLEST), 2: dim("width", min=SMALLEST)},)
    example = torch.zeros(2, 104, 72, 3, dtype=torch.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    # What it says of torchvision, which is not needed, reads like a failure.
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            served.eval(),
            (example,),
            dynamo=True,
            dynamic_shapes=shapes,
            input_names=["image"],
            output_names=["stylized"],
            opset_version=OPSET,
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    model.producer_name, model.doc_string = "dctnet", ""
    # Where the exporter ran and through which source lines is nobody's business downstream.
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in [*model.graph.value_info, *model.graph.input, *model.graph.output]:
        del value.metadata_props[:]
    del model.graph.metadata_props[:], model.metadata_props[:]
    if half_weights:
        halve(model, rounding=True)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def session(path: pathlib.Path, threads: int = 0) -> onnxruntime.InferenceSession:
    """On the CPU; 0 threads are as many as PyTorch has.

    Raises FileNotFoundError where there is no such network: ONNX Runtime's own error is no OSError.
    """
    if not path.is_file():
        raise FileNotFoundError(f"there is no network {path}")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or torch.get_num_threads()
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run(model: onnxruntime.InferenceSession, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """One picture, [H, W, 3] uint8 → the same shape."""
    return np.asarray(model.run(["stylized"], {"image": picture[None]})[0])[0]


def psnr(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Decibels; infinity when equal."""
    error = np.mean((a.astype(np.float64) - b) ** 2)
    return float("inf") if error == 0 else float(10 * np.log10(255**2 / error))
