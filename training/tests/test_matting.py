"""The shipped segmenter, against the PyTorch network that it was made of, and what refines its edges."""

import pathlib

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from dctnet import export
from dctnet.evaluation import matting as evaluation
from dctnet.matting import guided, served
from dctnet.matting.segmenter import SIZE, Coefficients

MODEL = pathlib.Path(__file__).resolve().parents[2] / "models" / served.NAME


@pytest.fixture(scope="module")
def session() -> onnxruntime.InferenceSession:
    return export.session(MODEL / "1/model.onnx", 1)


@pytest.mark.parametrize(("height", "width"), [(512, 512), (400, 1024), (1024, 333), (32, 32)])
@torch.no_grad()
def test_the_graph_answers_what_pytorch_does(
    session: onnxruntime.InferenceSession, weights: pathlib.Path, sample: np.ndarray, height: int, width: int
) -> None:
    picture = np.asarray(Image.fromarray(sample).resize((width, height)))
    x = torch.from_numpy(picture.copy()).permute(2, 0, 1)[None].float() / 255
    seen = F.interpolate(x, (SIZE, SIZE), mode="bilinear", antialias=True)
    expected = guided.applied(x, Coefficients(weights).eval()(seen))[0, 0].numpy() * 255
    matte = served.matte_of(session, picture)
    assert matte.shape == (height, width)
    assert matte.dtype == np.uint8
    assert np.abs(matte - expected).mean() < 0.1


def test_a_portrait_is_told_from_its_ground(session: onnxruntime.InferenceSession, sample: np.ndarray) -> None:
    matte = served.matte_of(session, sample)
    assert (matte[100:160, 200:250] > 240).all()  # the face
    assert (matte[:60, :60] == 0).all()


def test_nobody_is_found_where_there_is_nobody(session: onnxruntime.InferenceSession) -> None:
    assert (served.matte_of(session, np.full((300, 400, 3), 120, np.uint8)) > 127).mean() < 0.002


def test_the_network_is_small_and_has_its_configuration_and_licence() -> None:
    assert (MODEL / "1/model.onnx").stat().st_size < 1e6
    assert (MODEL / "config.pbtxt").read_text("utf8") == served.CONFIG
    assert "Apache License" in (MODEL / "LICENSE").read_text("utf8")
    onnx.checker.check_model(onnx.load(MODEL / "1/model.onnx"), full_check=True)


def test_an_edge_that_the_network_blurs_is_found_by_its_colours() -> None:
    height = width = 64
    person = torch.zeros(1, 1, height, width)
    person[..., :30] = 1
    colours = torch.tensor([[0.8, 0.3, 0.2], [0.1, 0.4, 0.9]]).view(2, 3, 1, 1)
    picture = person * colours[0] + (1 - person) * colours[1]
    coarse = F.avg_pool2d(F.pad(person, (6, 6, 6, 6), mode="replicate"), 13, 1)
    refined = guided.applied(picture, guided.coefficients(picture, coarse))
    assert (coarse - person).abs().max() > 0.4
    assert (refined - person).abs().max() < 0.02


def test_solve_inverts_a_symmetric_matrix() -> None:
    generator = torch.Generator().manual_seed(1)
    half = torch.rand(3, 3, generator=generator, dtype=torch.float64)
    matrix = half @ half.T + torch.eye(3)
    right = torch.rand(3, generator=generator, dtype=torch.float64)
    parts = tuple(matrix[i, j].view(1, 1, 1, 1) for i, j in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)))
    solved = guided.solve(parts, right.view(1, 3, 1, 1)).view(3)
    torch.testing.assert_close(solved, torch.linalg.solve(matrix, right))


def test_who_stands_before_an_even_ground_is_keyed_off_it() -> None:
    height, width = 120, 100
    y, x = np.mgrid[0:height, 0:width]
    inside = 35 - np.hypot(x - 50, y - 60)
    known = (0.5 + inside / 6).clip(0, 1).astype(np.float32)
    ground = np.stack([0.7 + x / 1000, 0.7 + y / 1000, 0.72 + 0 * x], 2)
    picture = known[..., None] * np.array([0.2, 0.12, 0.1]) + (1 - known[..., None]) * ground
    matte, even = evaluation.keyed(picture, (0.5 + inside / 12).clip(0, 1).astype(np.float32))
    assert np.abs(even - ground).max() < 0.01
    assert np.abs(matte - known).mean() < 0.01
    errors = evaluation.compared(matte, known)
    assert errors.iou > 0.98
