import pathlib

import numpy as np
import onnx
import pytest
import torch

from dctnet import export, quantize
from dctnet.ttn import Ttn


def test_the_folded_stem_equals_unshuffle_and_convolution(network: Ttn) -> None:
    x = torch.randn(1, 3, 32, 48)
    expected = network.stem(torch.nn.functional.pixel_unshuffle(x, 2))
    assert torch.allclose(export.FoldedStem(network.stem)(x), expected, atol=1e-4)


@pytest.mark.parametrize("shape", [(512, 512), (32, 32), (33, 57), (250, 111)])
def test_pytorch_and_onnx_runtime_agree_within_one_level(
    network: Ttn, exported: pathlib.Path, sample: np.ndarray, shape: tuple[int, int]
) -> None:
    photo = np.ascontiguousarray(sample[: shape[0], : shape[1]])
    with torch.no_grad():
        expected = export.Served(network)(torch.from_numpy(photo.copy())[None])[0].numpy()
    found = export.run(export.session(exported), photo)
    assert found.shape == photo.shape and found.dtype == np.uint8
    assert np.abs(found.astype(int) - expected).max() <= 1
    assert expected.std() > 5


def test_a_batch_gives_what_its_pictures_give_alone(exported: pathlib.Path, sample: np.ndarray) -> None:
    session = export.session(exported)
    two = np.stack([sample[:64, :64], sample[200:264, 200:264]])
    together = session.run(None, {"image": two})[0]
    for index in range(2):
        assert np.abs(together[index].astype(int) - export.run(session, two[index])).max() <= 1


def test_equalising_changes_the_weights_and_not_the_function(network: Ttn, sample: np.ndarray) -> None:
    crop = np.ascontiguousarray(sample[100:228, 200:328])
    equal = quantize.equalize(network, [crop])
    x = torch.randn(1, 3, 64, 64)
    assert torch.allclose(equal(x), network(x), atol=1e-4)
    assert not torch.allclose(equal.body[0].first.weight, network.body[0].first.weight, rtol=0.1)


def test_int8_stays_close_and_is_smaller(
    network: Ttn, exported: pathlib.Path, sample: np.ndarray, tmp_path: pathlib.Path
) -> None:
    crops = [np.ascontiguousarray(sample[y : y + 128, x : x + 128]) for y in (0, 200) for x in (0, 250)]
    quantize.to_onnx(network, tmp_path / "int8.onnx", crops)
    full, small = export.session(exported), export.session(tmp_path / "int8.onnx")
    assert min(export.psnr(export.run(full, c), export.run(small, c)) for c in crops) > 25
    assert (tmp_path / "int8.onnx").stat().st_size < 0.45 * exported.stat().st_size


def test_without_colour_a_network_gives_the_lightness_of_what_it_draws(network: Ttn) -> None:
    x = torch.rand(1, 3, 64, 48) * 2 - 1
    with torch.no_grad():
        drawn, gray = network(x), network.without_colour()(x)
    assert torch.allclose(
        gray[:, 0], torch.einsum("c,nchw->nhw", torch.tensor([0.299, 0.587, 0.114]), drawn), atol=1e-4
    )
    assert torch.equal(gray[:, 0], gray[:, 1]) and torch.equal(gray[:, 0], gray[:, 2])
    assert not torch.allclose(drawn[:, 0], drawn[:, 1], atol=1e-3)


def test_weights_stored_as_float16_halve_the_file_and_compute_in_float32(
    network: Ttn, exported: pathlib.Path, sample: np.ndarray, tmp_path: pathlib.Path
) -> None:
    model = onnx.load(exported)
    export.halve(model, rounding=True)
    onnx.save(model, tmp_path / "half.onnx")
    full, half = export.session(exported), export.session(tmp_path / "half.onnx")
    assert np.abs(export.run(full, sample).astype(int) - export.run(half, sample)).max() <= 2
    weights = sum(parameter.numel() for parameter in network.parameters())
    assert exported.stat().st_size - (tmp_path / "half.onnx").stat().st_size > 1.9 * weights
