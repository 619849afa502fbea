"""The face detector as one ONNX graph: from a uint8 picture of any size to boxes, scores and five points.

face-api's SSD MobileNet v1 looks at the picture letterboxed; of overlapping boxes the best stays; face-api's landmarks
are looked for in each box and once more in an upright crop.
"""

from __future__ import annotations

import contextlib
import io
import logging
import pathlib
import typing
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import compose, numpy_helper, parser
from torch import Tensor, nn

from ..export import OPSET, SMALLEST
from ..ground import Picture
from ..repository import QUEUE
from .detector import SAME_FACE, SIZE, Detector
from .five import FivePoints

NAME = "face_detector"
THRESHOLD = 0.2
"""Scores from which a box is taken for a face. Faces below 0.3 are mostly turned by 45° or more, or very small."""
MOST = 64
"""Faces of a picture."""
LARGEST = 1024
"""Pixels of a side that the graph is meant for; the network sees no more than 512 of them."""

CONFIG = (
    """# Served as it is by Triton (--model-repository=models) and by the embedded server.
# One picture in; on the outputs, best first, a row a face: left, top, right, bottom; 0 … 1; and x, y of the eye on the
# picture's left, the one on its right, the tip of the nose, the mouth's left and right corners. In pixels, of which the
# first spans 0 … 1. docs/faces.md says what it finds.
name: "face_detector"
backend: "onnxruntime"
max_batch_size: 0
input [ { name: "image", data_type: TYPE_UINT8, dims: [ 1, -1, -1, 3 ] } ]
output [
  { name: "boxes", data_type: TYPE_FP32, dims: [ -1, 4 ] },
  { name: "scores", data_type: TYPE_FP32, dims: [ -1 ] },
  { name: "landmarks", data_type: TYPE_FP32, dims: [ -1, 5, 2 ] }
]
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
OUTPUTS = ["boxes", "scores", "landmarks"]
IR_VERSION = 9
HEADER = f"""<ir_version: {IR_VERSION}, opset_import: ["" : {OPSET}]>"""
LETTERBOX = f"""{HEADER}
letterbox (uint8[1, height, width, 3] image) => (float[1, 3, {SIZE}, {SIZE}] seen, float scale) {{
  sides = Shape <start = 1, end = 3> (image)
  exact_sides = Cast <to = 1> (sides)
  longest = ReduceMax <keepdims = 0> (exact_sides)
  size = Constant <value = float {{{SIZE}}}> ()
  scale = Div (size, longest)
  scaled_sides = Mul (exact_sides, scale)
  rounded_sides = Round (scaled_sides)
  whole_sides = Cast <to = 7> (rounded_sides)
  least = Constant <value = int64 {{1}}> ()
  new_sides = Max (whole_sides, least)
  planes = Constant <value_ints = [1, 3]> ()
  new_shape = Concat <axis = 0> (planes, new_sides)
  transposed = Transpose <perm = [0, 3, 1, 2]> (image)
  colours = Cast <to = 1> (transposed)
  resized = Resize <mode = "linear", antialias = 1> (colours, , , new_shape)
  half = Constant <value = float {{127.5}}> ()
  one = Constant <value = float {{1}}> ()
  divided = Div (resized, half)
  centred = Sub (divided, one)
  full = Constant <value_ints = [{SIZE}, {SIZE}]> ()
  beside = Sub (full, new_sides)
  before = Constant <value_ints = [0, 0, 0, 0, 0, 0]> ()
  pads = Concat <axis = 0> (before, beside)
  black = Neg (one)
  seen = Pad (centred, pads, black)
}}
"""
SUPPRESSION = f"""{HEADER}
suppression (uint8[1, height, width, 3] image, float scale, float[1, anchors, 4] shares, float[1, anchors] sure)
    => (float[faces, 4] boxes, float[faces] scores, float[looked_at, 4] candidates) {{
  zero = Constant <value = float {{0}}> ()
  size = Constant <value = float {{{SIZE}}}> ()
  by_class = Constant <value_ints = [1]> ()
  sure_by_class = Unsqueeze (sure, by_class)
  sides = Shape <start = 1, end = 3> (image)
  exact_sides = Cast <to = 1> (sides)
  height_index = Constant <value_ints = [0]> ()
  width_index = Constant <value_ints = [1]> ()
  exact_height = Gather (exact_sides, height_index)
  exact_width = Gather (exact_sides, width_index)
  borders = Concat <axis = 0> (exact_width, exact_height, exact_width, exact_height)
  factor = Div (size, scale)
  unclipped = Mul (shares, factor)
  clipped_below = Max (unclipped, zero)
  clipped = Min (clipped_below, borders)
  most = Constant <value_ints = [{MOST}]> ()
  same_face = Constant <value_floats = [{SAME_FACE}]> ()
  threshold = Constant <value_floats = [{THRESHOLD}]> ()
  chosen = NonMaxSuppression (clipped, sure_by_class, most, same_face, threshold)
  anchor_index = Constant <value = int64 {{2}}> ()
  indices = Gather <axis = 1> (chosen, anchor_index)
  all_boxes = Squeeze (clipped, height_index)
  all_scores = Squeeze (sure, height_index)
  boxes = Gather (all_boxes, indices)
  scores = Gather (all_scores, indices)
  origin = Constant <value_floats = [0.0, 0.0]> ()
  whole = Concat <axis = 0> (origin, exact_width, exact_height)
  last = Unsqueeze (whole, height_index)
  candidates = Concat <axis = 0> (boxes, last)
}}
"""
# ONNX Runtime's fusions fail on tensors without elements, so there is one candidate more than faces.
LAST = f"""{HEADER}
without_last (float[looked_at, 5, 2] all_landmarks) => (float[faces, 5, 2] landmarks) {{
  first = Constant <value_ints = [0]> ()
  last = Constant <value_ints = [-1]> ()
  landmarks = Slice (all_landmarks, first, last)
}}
"""


def exported(
    network: nn.Module,
    example: tuple[Tensor, ...],
    inputs: list[str],
    outputs: list[str],
    shapes: tuple[dict[int, typing.Any], ...] | None = None,
) -> onnx.ModelProto:
    """A network as ONNX, without traces of the place where it was exported."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            network.eval(),
            example,
            dynamo=True,
            dynamic_shapes=shapes,
            input_names=inputs,
            output_names=outputs,
            opset_version=OPSET,
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    del model.graph.value_info[:], model.graph.metadata_props[:], model.metadata_props[:]
    for value in [*model.graph.input, *model.graph.output]:
        del value.metadata_props[:]
    model.ir_version = IR_VERSION
    return model


def shrink(model: onnx.ModelProto) -> None:
    """Stores every large array of at most 256 values as their table and a byte an element, which is how face-api
    publishes them. The values stay what they are; runtimes put them together once, when they load the graph."""
    graph, nodes = model.graph, []
    for tensor in list(graph.initializer):
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < 1024:
            continue
        table, indices = np.unique(values, return_inverse=True)
        if len(table) > 256:
            continue
        name = tensor.name
        graph.initializer.remove(tensor)
        graph.initializer.append(numpy_helper.from_array(table, f"{name}/table"))
        bytes_ = indices.reshape(values.shape).astype(np.uint8)
        graph.initializer.append(numpy_helper.from_array(bytes_, f"{name}/bytes"))
        nodes.append(onnx.helper.make_node("Cast", [f"{name}/bytes"], [f"{name}/index"], to=onnx.TensorProto.INT32))
        nodes.append(onnx.helper.make_node("Gather", [f"{name}/table", f"{name}/index"], [name]))
    rest = list(graph.node)
    del graph.node[:]
    graph.node.extend([*nodes, *rest])


def joined(name: str, parts: dict[str, onnx.ModelProto], inputs: list[str], outputs: list[str]) -> onnx.ModelProto:
    """One graph of several: what one calls an output and another an input is the same tensor."""
    ends: dict[str, onnx.ValueInfoProto] = {}
    nodes, initializers = [], []
    for prefix, part in parts.items():
        part = compose.add_prefix(part, f"{prefix}/", rename_inputs=False, rename_outputs=False)
        ends |= {value.name: value for value in [*part.graph.output, *part.graph.input] if value.name not in ends}
        nodes += part.graph.node
        initializers += part.graph.initializer
    graph = onnx.helper.make_graph(nodes, name, [ends[n] for n in inputs], [ends[n] for n in outputs], initializers)
    return onnx.helper.make_model(
        graph, ir_version=IR_VERSION, opset_imports=[onnx.helper.make_opsetid("", OPSET)], producer_name="dctnet"
    )


def graph(weights: pathlib.Path) -> onnx.ModelProto:
    """The whole detector, of the networks that `dctnet fetch` brought."""
    dim = torch.export.Dim
    shapes = ({1: dim("height", min=SMALLEST), 2: dim("width", min=SMALLEST)}, {0: dim("faces", min=1, max=MOST + 1)})
    example = (torch.zeros(1, 104, 72, 3, dtype=torch.uint8), torch.tensor([[8.0, 8, 64, 64]] * 3))
    parts = {
        "letterbox": parser.parse_model(LETTERBOX),
        "ssd": exported(Detector(weights), (torch.zeros(1, 3, SIZE, SIZE),), ["seen"], ["shares", "sure"]),
        "suppression": parser.parse_model(SUPPRESSION),
        "points": exported(FivePoints(weights), example, ["image", "candidates"], ["all_landmarks"], shapes),
        "without_last": parser.parse_model(LAST),
    }
    model = joined(NAME, parts, ["image"], OUTPUTS)
    shrink(model)
    onnx.checker.check_model(model, full_check=True)
    return model


def write(models: pathlib.Path, weights: pathlib.Path) -> pathlib.Path:
    """Writes face_detector into the model repository, with the licence of its weights, and returns its network."""
    path = models / NAME / "1" / "model.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(graph(weights), path)
    (models / NAME / "config.pbtxt").write_text(CONFIG, "utf8")
    return path


def found(
    model: onnxruntime.InferenceSession, picture: Picture
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Of [H, W, 3] uint8 RGB: boxes [K, 4], scores [K], landmarks [K, 5, 2]; best first."""
    boxes, scores, landmarks = (np.asarray(v) for v in model.run(OUTPUTS, {"image": picture[None]}))
    return boxes, scores, landmarks
