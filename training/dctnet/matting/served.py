"""The segmenter as one ONNX graph: from a uint8 picture of any size to a uint8 matte of the same size."""

from __future__ import annotations

import pathlib

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import parser

from ..export import halve
from ..faces.served import HEADER, exported, joined
from ..ground import Picture
from ..repository import QUEUE
from . import guided
from .segmenter import SIZE, Coefficients

NAME = "person_segmenter"
LARGEST = 1024
"""Pixels of a side that the graph is meant for; the network sees SIZE of them."""

CONFIG = (
    """# Served as it is by Triton (--model-repository=models) and by the embedded server.
# One picture in, one matte of its size out: 255 where there is a person, 0 where there is none. docs/backdrop.md says
# what it finds.
name: "person_segmenter"
backend: "onnxruntime"
max_batch_size: 0
input [ { name: "image", data_type: TYPE_UINT8, dims: [ 1, -1, -1, 3 ] } ]
output [ { name: "matte", data_type: TYPE_UINT8, dims: [ 1, -1, -1 ] } ]
version_policy: { latest: { num_versions: 1 } }
# Of this the queue alone is meant: with max_batch_size 0 Triton joins no requests.
"""
    + QUEUE
    + """model_warmup [ {
  name: "512 pixels"
  batch_size: 1
  inputs { key: "image", value: { data_type: TYPE_UINT8, dims: [ 1, 512, 512, 3 ], zero_data: true } }
} ]
"""
)
# Stretched to a square, as MediaPipe does it, whatever the picture's shape.
SEEN = f"""{HEADER}
seen (uint8[1, height, width, 3] image) => (float[1, 3, {SIZE}, {SIZE}] seen) {{
  transposed = Transpose <perm = [0, 3, 1, 2]> (image)
  bytes = Cast <to = 1> (transposed)
  shape = Constant <value_ints = [1, 3, {SIZE}, {SIZE}]> ()
  resized = Resize <mode = "linear", antialias = 1> (bytes, , , shape)
  most = Constant <value = float {{255}}> ()
  seen = Div (resized, most)
}}
"""
# `guided.applied`: of the product and the sum that each pixel has, a plane at a time.
MATTE = f"""{HEADER}
matte (uint8[1, height, width, 3] image, float[1, 4, {SIZE}, {SIZE}] coefficients) => (uint8[1, height, width] matte) {{
  transposed = Transpose <perm = [0, 3, 1, 2]> (image)
  bytes = Cast <to = 1> (transposed)
  most = Constant <value = float {{255}}> ()
  colours = Div (bytes, most)
  sides = Shape <start = 1, end = 3> (image)
  planes = Constant <value_ints = [1, 4]> ()
  shape = Concat <axis = 0> (planes, sides)
  found = Resize <mode = "linear"> (coefficients, , , shape)
  parts = Constant <value_ints = [3, 1]> ()
  factors, summand = Split <axis = 1> (found, parts)
  products = Mul (factors, colours)
  by_colour = Constant <value_ints = [1]> ()
  product = ReduceSum <keepdims = 1> (products, by_colour)
  exact = Add (product, summand)
  least = Constant <value = float {{{guided.SURE}}}> ()
  range = Constant <value = float {{{1 - 2 * guided.SURE}}}> ()
  above = Sub (exact, least)
  stretched = Div (above, range)
  scaled = Mul (stretched, most)
  rounded = Round (scaled)
  zero = Constant <value = float {{0}}> ()
  clipped = Clip (rounded, zero, most)
  whole = Cast <to = 2> (clipped)
  matte = Squeeze (whole, by_colour)
}}
"""


def graph(weights: pathlib.Path) -> onnx.ModelProto:
    """The whole segmenter, of the network that `dctnet fetch` brought."""
    example = (torch.zeros(1, 3, SIZE, SIZE),)
    parts = {
        "seen": parser.parse_model(SEEN),
        "coefficients": exported(Coefficients(weights), example, ["seen"], ["coefficients"]),
        "matte": parser.parse_model(MATTE),
    }
    model = joined(NAME, parts, ["image"], ["matte"])
    halve(model)  # as MediaPipe publishes the network
    onnx.checker.check_model(model, full_check=True)
    return model


def write(models: pathlib.Path, weights: pathlib.Path) -> pathlib.Path:
    """Writes person_segmenter into the model repository and returns its network."""
    path = models / NAME / "1" / "model.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(graph(weights), path)
    (models / NAME / "config.pbtxt").write_text(CONFIG, "utf8")
    return path


def matte_of(model: onnxruntime.InferenceSession, picture: Picture) -> NDArray[np.uint8]:
    """Of [H, W, 3] uint8 RGB: [H, W], 255 where there is a person."""
    return np.asarray(model.run(["matte"], {"image": picture[None]})[0])[0]
