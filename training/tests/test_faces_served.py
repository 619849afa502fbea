"""The shipped face detector, against the PyTorch ports that it was made of."""

import pathlib

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import numpy_helper
from PIL import Image

from dctnet import data, export
from dctnet.faces import align, five, served
from dctnet.faces.detector import SIZE, Detector, distinct, letterboxed

MODEL = pathlib.Path(__file__).resolve().parents[2] / "models" / served.NAME


@pytest.fixture(scope="module")
def session() -> onnxruntime.InferenceSession:
    return export.session(MODEL / "1/model.onnx", 1)


@pytest.fixture(scope="module")
def ports(weights: pathlib.Path) -> tuple[Detector, five.FivePoints]:
    return Detector(weights).eval(), five.FivePoints(weights).eval()


@torch.no_grad()
def expected(ports: tuple[Detector, five.FivePoints], picture: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    detector, points = ports
    seen, scale = letterboxed(data.to_tensor(picture))
    shares, sure = detector(seen)
    height, width = picture.shape[:2]
    boxes = (shares[0].numpy() * np.float32(SIZE / scale)).clip(0, [width, height, width, height])
    boxes, scores = distinct(boxes.astype(np.float32), sure[0].numpy(), served.THRESHOLD)
    return boxes, scores, points(torch.from_numpy(picture)[None], torch.from_numpy(boxes)).numpy()


def group(sample: np.ndarray, height: int, width: int, sides: list[int]) -> np.ndarray:
    """A gray picture with the sample portrait in several sizes, side by side."""
    picture, left = np.full((height, width, 3), 120, np.uint8), 0
    for side in sides:
        picture[:side, left : left + side] = np.asarray(Image.fromarray(sample).resize((side, side)))
        left += side
    return picture


@pytest.mark.parametrize(
    ("height", "width", "sides"),
    [(512, 512, [512]), (400, 1024, [400, 320, 200]), (1024, 333, [333]), (190, 150, [150]), (601, 599, [300, 250])],
)
def test_the_graph_answers_what_pytorch_does(
    session: onnxruntime.InferenceSession,
    ports: tuple[Detector, five.FivePoints],
    sample: np.ndarray,
    height: int,
    width: int,
    sides: list[int],
) -> None:
    picture = group(sample, height, width, sides)
    found, wanted = served.found(session, picture), expected(ports, picture)
    assert [f.shape for f in found] == [w.shape for w in wanted] and len(found[0]) >= len(sides)
    boxes, scores, points = (np.abs(f - w).max() for f, w in zip(found, wanted, strict=True))
    # Pixels; the picture is resized by another implementation.
    assert boxes < 0.25 and scores < 0.005 and points < 0.25
    assert (np.diff(found[1]) <= 0).all() and found[0].min() >= 0
    assert (found[0][:, 2:] <= [width, height]).all()


@pytest.mark.parametrize(("height", "width"), [(32, 32), (32, 1024), (1024, 32), (1024, 1024), (33, 57)])
def test_a_picture_without_faces_has_none(session: onnxruntime.InferenceSession, height: int, width: int) -> None:
    ramp = np.linspace(0, 255, width).astype(np.uint8)
    picture = np.ascontiguousarray(np.broadcast_to(ramp[None, :, None], (height, width, 3)))
    assert [f.shape for f in served.found(session, picture)] == [(0, 4), (0,), (0, 5, 2)]


@pytest.mark.parametrize("side", [96, 256, 512, 1024])
def test_a_face_is_found_at_the_same_place_at_every_size(
    session: onnxruntime.InferenceSession, sample: np.ndarray, side: int
) -> None:
    _, _, full = served.found(session, sample)
    resized = np.asarray(Image.fromarray(sample).resize((side, side), Image.Resampling.BICUBIC))
    boxes, _, points = served.found(session, resized)
    apart = np.linalg.norm(full[0, 1] - full[0, 0])
    assert len(boxes) == 1
    assert np.linalg.norm(points[0] * 512 / side - full[0], axis=1).mean() < 0.1 * apart


def test_the_second_look_follows_a_turned_face(session: onnxruntime.InferenceSession, sample: np.ndarray) -> None:
    _, _, (straight,) = served.found(session, sample)
    for degrees in (-30, 30):
        c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
        turn, middle = np.array([[c, -s], [s, c]]), np.array([223.0, 120.0])
        matrix = np.hstack([turn, (middle - turn @ middle)[:, None]])
        picture = align.warp(sample, matrix, 512, 512)
        _, _, points = served.found(session, picture)
        apart = np.linalg.norm(straight[1] - straight[0])
        off = np.linalg.norm(points[0] - ((straight - 0.5) @ turn.T + matrix[:, 2] + 0.5), axis=1).mean()
        assert off < 0.12 * apart, degrees


def test_at_most_as_many_faces_as_promised(session: onnxruntime.InferenceSession, sample: np.ndarray) -> None:
    face = np.asarray(Image.fromarray(sample[40:210, 140:310]).resize((85, 85)))
    boxes, scores, points = served.found(session, np.tile(face, (12, 12, 1)))
    assert 0 < len(boxes) == len(scores) == len(points) <= served.MOST


def test_the_files_are_small_and_say_whose_weights_they_hold() -> None:
    assert (MODEL / "1/model.onnx").stat().st_size < 6.5e6
    assert (MODEL / "config.pbtxt").read_text("utf8") == served.CONFIG
    licence = (MODEL / "LICENSE").read_text("utf8")
    assert "MIT License" in licence and "Vincent Mühler" in licence and "yeephycho" in licence


def test_the_weights_are_the_published_ones(weights: pathlib.Path) -> None:
    stored = {t.name: numpy_helper.to_array(t) for t in onnx.load(MODEL / "1/model.onnx").graph.initializer}
    name = "ssd/MobilenetV1:Conv2d_13_pointwise:weights"
    kept = stored[f"{name}/table"][stored[f"{name}/bytes"]]
    assert stored[f"{name}/bytes"].dtype == np.uint8
    assert (kept == Detector(weights).weight("MobilenetV1/Conv2d_13_pointwise/weights").numpy()).all()
