"""Pictures a second of the texture translation networks on a CUDA GPU, by batch, beside the roofline of that GPU.

usage: bench/gpu.py [--device cuda] [--sizes 512 768] [--batches 1 2 4 8 16 32] [--ways …] [--networks …] [--seconds 1]

Needs torch 2.11 or newer with CUDA and the package dctnet (training/); onnxruntime-gpu, where installed, adds ONNX
Runtime's CUDA and TensorRT. Weights do not change the time, so all are random. With --device cpu it runs in seconds at
tiny sizes, which shows that it works and tells nothing of a GPU. With --count nothing runs: it prints what a picture
costs, and what that allows at most on the GPUs of DATASHEETS.

The roofline (Williams, Waterman and Patterson 2009): no network is done sooner than its FLOPs take at the device's
peak, or its bytes at the bandwidth. Both peaks are measured in the same run, by a large matrix product of the same
precision and by a copy. FLOPs are two for each multiplication of a convolution; bytes are what the convolutions must
read and write if each activation crosses the memory once each way and all else is fused into them.
"""

from __future__ import annotations

import argparse
import copy
import dataclasses
import pathlib
import statistics
import tempfile
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from ttn import PublishedTtn

from dctnet import export
from dctnet.arguments import positive, whole
from dctnet.ttn import Ttn

NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "published": PublishedTtn,
    "full width": lambda: Ttn(32),
    "half width": lambda: Ttn(16),
}
WAYS = ["fp32", "tf32", "fp16", "fp16 channels_last", "fp16 compiled", "fp16 CUDA graph", "ORT CUDA", "ORT TensorRT"]
ON_CPU = ["fp32", "fp32 channels_last", "ORT CPU"]

DATASHEETS = {
    "A100-SXM4-80GB": (312, 19.5, 2039),
    "H100 80GB HBM3": (989, 67, 3350),
    "H200": (989, 67, 4800),
    "L4": (121, 30.3, 300),
}
"""Dense FP16 and FP32 TFLOP/s and GB/s, of NVIDIA's data sheets (which print FP16 of H100, H200 and L4 with sparsity,
twice as much); beside what is measured, never instead."""


@dataclasses.dataclass(frozen=True)
class Cost:
    """Of one run. `bytes_` are of activations and weights in a precision of so many bytes."""

    flops: int
    bytes_: int


def cost(network: nn.Module, batch: int, size: int, element: int) -> Cost:
    """Counts by hooks on the convolutions, on meta tensors: nothing is computed."""
    flops = bytes_ = 0

    def seen(layer: nn.Conv2d, inputs: tuple[Tensor], output: Tensor) -> None:
        nonlocal flops, bytes_
        flops += 2 * output.numel() * layer.weight[0].numel()
        bytes_ += element * (inputs[0].numel() + output.numel() + layer.weight.numel())

    network = copy.deepcopy(network).to("meta")
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            layer.register_forward_hook(seen)
    network(torch.empty(batch, 3, size, size, device="meta"))
    return Cost(flops, bytes_)


@dataclasses.dataclass(frozen=True)
class Peak:
    """FLOP/s and bytes/s of the device, as measured."""

    flops: float
    bandwidth: float

    def bound(self, needed: Cost) -> tuple[float, str]:
        """Seconds that a run takes at least, and what of."""
        computing, moving = needed.flops / self.flops, needed.bytes_ / self.bandwidth
        return (computing, "compute") if computing >= moving else (moving, "memory")


class Bench:
    def __init__(self, device: str, seconds: float) -> None:
        self.device, self.seconds = device, seconds
        self.gpu = device.startswith("cuda")

    def time(self, run: Callable[[], object]) -> float:
        """Seconds of one run: the median of five rounds of as many as fill a fifth of the time."""
        for _ in range(3):
            run()
        once = self._round(run, 1)
        times = max(1, round(self.seconds / 5 / once))
        return statistics.median(self._round(run, times) for _ in range(5))

    def _round(self, run: Callable[[], object], times: int) -> float:
        self._wait()
        start = time.perf_counter()
        for _ in range(times):
            run()
        self._wait()
        return (time.perf_counter() - start) / times

    def _wait(self) -> None:
        if self.gpu:
            torch.cuda.synchronize()

    def peak(self, precision: torch.dtype) -> Peak:
        side, count = (8192, 2**28) if self.gpu else (512, 2**22)
        a, b = (torch.randn(side, side, device=self.device).to(precision) for _ in range(2))
        flops = 2 * side**3 / self.time(lambda: a @ b)
        source = torch.empty(count, dtype=torch.float32, device=self.device)
        target = torch.empty_like(source)
        bandwidth = 2 * 4 * count / self.time(lambda: target.copy_(source))
        return Peak(flops, bandwidth)

    def prepared(self, network: nn.Module, way: str, x: Tensor) -> Callable[[], object]:
        """What runs the network on `x` in one of the WAYS."""
        if way.startswith("ORT"):
            return self._onnx(network, way, x)
        precision = precision_of(way)
        network = copy.deepcopy(network).to(self.device, precision).eval().requires_grad_(False)
        x = x.to(self.device, precision)
        if "channels_last" in way or "compiled" in way or "graph" in way:
            network, x = network.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
        if "compiled" in way:
            network = torch.compile(network, mode="max-autotune-no-cudagraphs", dynamic=False)
        if "graph" not in way:
            return lambda: network(x)
        side = torch.cuda.Stream()
        with torch.cuda.stream(side):  # as torch.cuda.CUDAGraph asks for, before the capture
            for _ in range(3):
                network(x)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            network(x)
        return graph.replay

    def _onnx(self, network: nn.Module, way: str, x: Tensor) -> Callable[[], object]:
        """uint8 in and out, as it is served, with both on the device."""
        import onnxruntime

        provider = {"ORT CUDA": "CUDA", "ORT TensorRT": "Tensorrt", "ORT CPU": "CPU"}[way] + "ExecutionProvider"
        if provider not in onnxruntime.get_available_providers():
            raise RuntimeError(f"onnxruntime has no {provider}")
        batch, _, size, _ = x.shape
        options = {"trt_fp16_enable": True} if "TensorRT" in way else {}
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "network.onnx"
            export.to_onnx(network, path, precision_of(way))
            session = onnxruntime.InferenceSession(path, providers=[(provider, options)])
        pictures = np.random.default_rng(0).integers(0, 255, (batch, size, size, 3), np.uint8)
        binding = session.io_binding()
        where = "cuda" if self.gpu else "cpu"
        binding.bind_ortvalue_input("image", onnxruntime.OrtValue.ortvalue_from_numpy(pictures, where, 0))
        binding.bind_output("stylized", where)

        def run() -> None:
            session.run_with_iobinding(binding)
            binding.synchronize_outputs()

        return run


def precision_of(way: str) -> torch.dtype:
    return torch.float16 if "fp16" in way or way == "ORT CUDA" else torch.float32


def allow_tf32(allowed: bool) -> None:
    """Whether FP32 may be computed in TF32 on tensor cores."""
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = allowed


def describe(device: str) -> str:
    if not device.startswith("cuda"):
        return "NO GPU WAS READ: these figures are of this machine's processor, and tell nothing of a GPU."
    name = torch.cuda.get_device_name()
    told = next((sheet for part, sheet in DATASHEETS.items() if part in name), None)
    sheet = f"; data sheet: {told[0]} TFLOP/s FP16, {told[1]} FP32, {told[2]} GB/s" if told else ""
    return f"{name}, torch {torch.__version__}, CUDA {torch.version.cuda}{sheet}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--sizes", type=whole(8, 8192), nargs="+")
    parser.add_argument("--batches", type=whole(1, 4096), nargs="+")
    parser.add_argument("--ways", nargs="+", choices=[*WAYS, *ON_CPU[1:]])
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=list(NETWORKS))
    parser.add_argument("--count", action="store_true", help="only count operations and bytes")
    parser.add_argument("--seconds", type=positive(3600), default=1.0, help="of each measurement, about")
    arguments = parser.parse_args()
    if arguments.count:
        return count(arguments.networks, arguments.sizes or [512, 768])
    gpu = arguments.device.startswith("cuda")
    if not gpu and arguments.device != "cpu":
        parser.error(f"--device is cuda, one such as cuda:1, or cpu, not {arguments.device!r}")
    if gpu and not torch.cuda.is_available():
        parser.error("torch sees no CUDA GPU here; --device cpu shows that the benchmark itself works")
    sizes = arguments.sizes or ([512, 768] if gpu else [64])
    batches = arguments.batches or ([1, 2, 4, 8, 16, 32] if gpu else [1, 2])
    ways = arguments.ways or (WAYS if gpu else ON_CPU)

    torch.manual_seed(0)
    torch.backends.cudnn.benchmark = True
    bench = Bench(arguments.device, arguments.seconds)
    print(describe(arguments.device))
    peaks: dict[str, Peak] = {}
    for way in ways:
        allow_tf32(way == "tf32")
        # TensorRT computes the published FP32 graph in FP16, as its configuration in models/ does.
        precision = torch.float16 if way == "ORT TensorRT" else precision_of(way)
        kind = "TF32" if way == "tf32" else f"FP{torch.finfo(precision).bits}"
        if kind not in peaks:
            peaks[kind] = bench.peak(precision)
            print(f"{kind}: {peaks[kind].flops / 1e12:.2f} TFLOP/s, {peaks[kind].bandwidth / 1e9:.0f} GB/s measured")
        for name in arguments.networks:
            for size in sizes:
                with torch.inference_mode():
                    row(bench, way, name, size, batches, peaks[kind], 2 if kind == "FP16" else 4)


def count(names: list[str], sizes: list[int]) -> None:
    """Prints a picture's cost in FP16 by network and size, and the pictures a second that data sheets allow."""
    print(f"{'FP16, batch of 8':24}{'GFLOP':>8}{'MB':>8}  at most, pictures/s: " + ", ".join(DATASHEETS))
    for name in names:
        for size in sizes:
            batch = cost(NETWORKS[name](), 8, size, 2)
            peaks = [Peak(flops * 1e12, bandwidth * 1e9) for flops, _, bandwidth in DATASHEETS.values()]
            bounds = [peak.bound(batch) for peak in peaks]
            most = ", ".join(f"{8 / seconds:,.0f} ({of_what})" for seconds, of_what in bounds)
            print(f"{name + f' {size}²':24}{batch.flops / 8e9:8.2f}{batch.bytes_ / 8e6:8.1f}  {most}")


def row(bench: Bench, way: str, name: str, size: int, batches: list[int], peak: Peak, element: int) -> None:
    """Prints a network's pictures a second for every batch; what the device or the runtime refuses is named."""
    network = NETWORKS[name]()
    one = cost(network, 1, size, element)
    print(f"\n{way}, {name}, {size}²: {one.flops / 1e9:.2f} GFLOP and {one.bytes_ / 1e6:.0f} MB a picture")
    for batch in batches:
        x = torch.randn(batch, 3, size, size)
        try:
            seconds = bench.time(bench.prepared(network, way, x))
        except (RuntimeError, ImportError) as problem:  # out of memory, no such provider, no compiler
            print(f"  batch {batch:>2}: {str(problem).splitlines()[0][:90]}")
            return
        least, of_what = peak.bound(cost(network, batch, size, element))
        rate = f"{batch / seconds:9.1f} pictures/s {1000 * seconds:8.2f} ms"
        print(f"  batch {batch:>2}: {rate}   {least / seconds:6.1%} of the roofline ({of_what})")


if __name__ == "__main__":
    main()
