"""The CUDA benchmark, as far as no GPU is needed: what it counts, and that it runs."""

import pathlib
import sys

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

BENCH = pathlib.Path(__file__).resolve().parents[2] / "bench"
sys.path.insert(0, str(BENCH))
import gpu  # noqa: E402

# (inputs, outputs, kernel, times smaller than the picture on the way out, and on the way in) of every convolution.
PUBLISHED = [
    (3, 32, 7, 1, 1),
    (32, 32, 3, 2, 1),
    (32, 64, 3, 2, 2),
    (64, 64, 3, 4, 2),
    (64, 128, 3, 4, 4),
    *[(128, 128, 3, 4, 4)] * 8,
    (128, 64, 3, 4, 4),
    (64, 64, 3, 2, 2),
    (64, 32, 3, 2, 2),
    (32, 32, 3, 1, 1),
    (32, 3, 7, 1, 1),
]


def ours(width: int) -> list[tuple[int, int, int, int, int]]:
    half, quarter, eighth = width, 2 * width, 4 * width
    return [
        (12, half, 3, 2, 2),
        (half, quarter, 3, 4, 2),
        (quarter, quarter, 3, 4, 4),
        (quarter, eighth, 3, 8, 4),
        *[(eighth, eighth, 3, 8, 8)] * 10,
        (eighth, quarter, 3, 8, 8),
        (quarter, quarter, 3, 4, 4),
        (quarter, half, 3, 4, 4),
        (half, half, 3, 2, 2),
        (half, 12, 3, 2, 2),
    ]


LAYERS = {"published": PUBLISHED, "full width": ours(32), "half width": ours(16)}


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize(("batch", "size", "element"), [(1, 256, 4), (3, 64, 2)])
def test_counts_what_the_layers_come_to(name: str, batch: int, size: int, element: int) -> None:
    flops = bytes_ = 0
    for inputs, outputs, kernel, after, before in LAYERS[name]:
        weights = inputs * outputs * kernel**2
        flops += 2 * batch * (size // after) ** 2 * weights
        bytes_ += element * (batch * (inputs * (size // before) ** 2 + outputs * (size // after) ** 2) + weights)
    assert gpu.cost(gpu.NETWORKS[name](), batch, size, element) == gpu.Cost(flops, bytes_)


@pytest.mark.parametrize("name", LAYERS)
def test_counts_as_pytorch_does(name: str) -> None:
    network = gpu.NETWORKS[name]()
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        network(torch.zeros(2, 3, 64, 64))
    assert gpu.cost(network, 2, 64, 4).flops == counter.get_total_flops()


def test_the_roofline_is_what_takes_longer() -> None:
    peak = gpu.Peak(flops=100, bandwidth=10)
    assert peak.bound(gpu.Cost(flops=200, bytes_=10)) == (2, "compute")
    assert peak.bound(gpu.Cost(flops=100, bytes_=30)) == (3, "memory")


def test_runs_without_a_gpu_and_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    # Full and half width differ in nothing but a number, and each export takes seconds.
    names = ["published", "half width"]
    options = ["--device", "cpu", "--seconds", "0.01", "--batches", "1", "--networks", *names]
    monkeypatch.setattr(sys, "argv", ["gpu.py", *options])
    gpu.main()
    said = capsys.readouterr().out
    assert "NO GPU WAS READ" in said
    for name in names:
        for way in gpu.ON_CPU:
            assert f"{way}, {name}, 64²" in said
    assert said.count("of the roofline") == len(names) * len(gpu.ON_CPU)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_explains_that_there_is_none(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["gpu.py"])
    with pytest.raises(SystemExit) as ended:
        gpu.main()
    assert ended.value.code == 2 and "no CUDA GPU" in capsys.readouterr().err
