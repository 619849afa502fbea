"""Runs a graph model of TensorFlow.js in PyTorch: only the operations of the networks that this package uses.

Tensors keep TensorFlow's order, NHWC, so that constants broadcast as the graph means them; a convolution sees the same
memory as channels-last NCHW, without a copy.
"""

from __future__ import annotations

import base64
import functools
import json
import pathlib
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from . import tfjs
from .layers import Frozen, same
from .tfjs import WeightsError

Node = dict[str, Any]


def _text(encoded: str) -> str:
    return base64.b64decode(encoded).decode()


def _attribute(node: Node, name: str, kind: str) -> list[Any]:
    return node.get("attr", {}).get(name, {}).get("list", {}).get(kind, [])


def _stride(node: Node) -> int:
    return int(_attribute(node, "strides", "i")[1])


def _padding(node: Node) -> str:
    return _text(node["attr"]["padding"]["s"])


def _activated(node: Node, x: Tensor, extra: list[Tensor]) -> Tensor:
    """What a fused operation does after its product: bias, then Relu or Prelu."""
    for name in (_text(s) for s in _attribute(node, "fused_ops", "s")):
        if name == "BiasAdd":
            x = x + extra.pop(0)
        elif name == "Relu":
            x = F.relu(x)
        elif name == "Prelu":
            x = _prelu(x, extra.pop(0))
        else:
            raise WeightsError(f"{node['name']}: the fused operation {name} is not supported")
    return x


def _prelu(x: Tensor, slope: Tensor) -> Tensor:
    return F.relu(x) - slope * F.relu(-x)


def _conv(node: Node, x: Tensor, kernel: Tensor, *extra: Tensor) -> Tensor:
    depthwise = "Depthwise" in node["op"]
    w = kernel.permute((2, 3, 0, 1) if depthwise else (3, 2, 0, 1))
    x = x.permute(0, 3, 1, 2)
    if _padding(node) == "SAME":
        x = same(x, w.shape[-1], _stride(node))
    x = F.conv2d(x, w, None, _stride(node), groups=w.shape[0] if depthwise else 1)
    return _activated(node, x.permute(0, 2, 3, 1), list(extra))


def _matmul(node: Node, x: Tensor, kernel: Tensor, *extra: Tensor) -> Tensor:
    return _activated(node, x @ kernel, list(extra))


def _pool(node: Node, x: Tensor) -> Tensor:
    size = int(_attribute(node, "ksize", "i")[1])
    x = x.permute(0, 3, 1, 2)
    if _padding(node) == "SAME":
        x = same(x, size, _stride(node), float("-inf"))
    return F.max_pool2d(x, size, _stride(node)).permute(0, 2, 3, 1)


def _mean_pool(node: Node, x: Tensor) -> Tensor:
    """Only as these networks use it: over all places of a channel."""
    if int(_attribute(node, "ksize", "i")[1]) != x.shape[1] or x.shape[1] != x.shape[2]:
        raise WeightsError(f"{node['name']}: means of parts of a picture are not supported")
    return x.mean((1, 2), keepdim=True)


def _transposed_conv(node: Node, _size: Tensor, kernel: Tensor, x: Tensor) -> Tensor:
    """Only where the kernel is as large as the stride, so that nothing overlaps."""
    if kernel.shape[0] != _stride(node) or kernel.shape[1] != _stride(node):
        raise WeightsError(f"{node['name']}: transposed convolutions that overlap are not supported")
    return F.conv_transpose2d(x.permute(0, 3, 1, 2), kernel.permute(3, 2, 0, 1), stride=_stride(node)).permute(
        0, 2, 3, 1
    )


def _bilinear(node: Node, x: Tensor, size: Tensor) -> Tensor:
    if not node["attr"].get("half_pixel_centers", {}).get("b", False):
        raise WeightsError(f"{node['name']}: only resizing about the middles of pixels is supported")
    return F.interpolate(x.permute(0, 3, 1, 2), size.tolist(), mode="bilinear").permute(0, 2, 3, 1)


def _pad(node: Node, x: Tensor, pads: Tensor) -> Tensor:
    return F.pad(x, [int(v) for pair in reversed(pads.tolist()) for v in pair])


OPERATIONS: dict[str, Callable[..., Tensor]] = {
    "Add": lambda node, x, y: x + y,
    "AddN": lambda node, x, *more: sum(more, x),
    "AddV2": lambda node, x, y: x + y,
    "AvgPool": _mean_pool,
    "Conv2D": _conv,
    "Conv2DBackpropInput": _transposed_conv,
    "DepthwiseConv2dNative": _conv,
    "Identity": lambda node, x: x,
    "MaxPool": _pool,
    "Maximum": lambda node, x, y: torch.maximum(x, y),
    "Mean": lambda node, x, axes: x.mean(axes.tolist()),
    "Minimum": lambda node, x, y: torch.minimum(x, y),
    "Mul": lambda node, x, y: x * y,
    "Pad": _pad,
    "Prelu": lambda node, x, slope: _prelu(x, slope),
    "Relu": lambda node, x: F.relu(x),
    "Relu6": lambda node, x: F.relu6(x),
    "Reshape": lambda node, x, shape: x.reshape(shape.tolist()),
    "ResizeBilinear": _bilinear,
    "Sigmoid": lambda node, x: x.sigmoid(),
    "_FusedConv2D": _conv,
    "_FusedMatMul": _matmul,
}


class Graph(Frozen):
    """A graph model with one input, cut to what `outputs` need. Raises WeightsError, also for an unknown operation."""

    def __init__(self, model: pathlib.Path, outputs: tuple[str, ...]) -> None:
        arrays = tfjs.load(model)
        nodes = {node["name"]: node for node in json.loads(model.read_text("utf8"))["modelTopology"]["node"]}
        order: list[Node] = []
        seen: set[str] = set()

        def visit(name: str) -> None:
            if name in seen:
                return
            seen.add(name)
            for source in nodes[name].get("input", []):
                visit(source.split(":")[0])
            order.append(nodes[name])

        for output in outputs:
            visit(output)
        super().__init__({name: array for name, array in arrays.items() if name in seen})
        self.outputs = outputs
        self.order = [node for node in order if node["op"] not in ("Const", "Placeholder")]
        (self.input,) = (node["name"] for node in order if node["op"] == "Placeholder")
        if unknown := {node["op"] for node in self.order} - set(OPERATIONS):
            raise WeightsError(f"{model}: the operations {', '.join(sorted(unknown))} are not supported")

    def register_array(self, name: str, array: Tensor) -> None:
        """As it is: the graph's own layouts."""
        self.register_buffer(self.key(name), array)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """[N, H, W, C] → the outputs, in the graph's own layout."""
        values = {self.input: x}

        def value(name: str) -> Tensor:
            return values[name] if name in values else self.weight(name)

        for node in self.order:
            inputs = [value(source.split(":")[0]) for source in node["input"] if not source.startswith("^")]
            values[node["name"]] = functools.partial(OPERATIONS[node["op"]], node)(*inputs)
        return tuple(values[name] for name in self.outputs)
