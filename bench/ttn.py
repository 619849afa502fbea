"""Milliseconds of the texture translation network on CPU beside the published architecture, in one run.

usage: bench/ttn.py [--sizes 256 512 768] [--rounds 15] [--threads N]

Every network is exported the same way (uint8 in and out) and runs in ONNX Runtime with the same session options;
the networks take turns in every round, so that a busy machine slows all alike. Weights do not change the time,
so the published architecture, whose weights are not ours to ship, has random ones.
"""

from __future__ import annotations

import argparse
import pathlib
import statistics
import tempfile
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dctnet import export
from dctnet.arguments import whole

MODELS = pathlib.Path(__file__).resolve().parents[1] / "models"


class PublishedTtn(nn.Module):
    """The generator of DCT-Net's release, after its description: 1,467,075 parameters, 8.17 GMAC at 256²."""

    def __init__(self) -> None:
        super().__init__()

        def conv(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Conv2d:
            return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2)

        self.at_full = conv(3, 32, 7)
        self.at_half = nn.ModuleList([conv(32, 32, stride=2), conv(32, 64)])
        self.at_quarter = nn.ModuleList([conv(64, 64, stride=2), conv(64, 128)])
        self.body = nn.ModuleList([nn.ModuleList([conv(128, 128), conv(128, 128)]) for _ in range(4)])
        self.narrow = conv(128, 64)
        self.up_half = nn.ModuleList([conv(64, 64), conv(64, 32)])
        self.up_full = conv(32, 32)
        self.out = conv(32, 3, 7)

    def forward(self, x: Tensor) -> Tensor:
        def active(layer: nn.Module, x: Tensor) -> Tensor:
            return F.leaky_relu(layer(x), 0.2)

        full = active(self.at_full, x)
        half = active(self.at_half[1], active(self.at_half[0], full))
        y = active(self.at_quarter[1], active(self.at_quarter[0], half))
        for first, second in self.body:
            y = y + second(active(first, y))
        y = F.interpolate(active(self.narrow, y), scale_factor=2, mode="bilinear")
        y = active(self.up_half[1], active(self.up_half[0], y + half))
        y = F.interpolate(y, scale_factor=2, mode="bilinear")
        return self.out(active(self.up_full, y + full))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=whole(8, 8192), nargs="+", default=[256, 512, 768])
    parser.add_argument("--rounds", type=whole(), default=15)
    parser.add_argument("--threads", type=whole(0, 1024), default=0, help="0 = as many as PyTorch has")
    arguments = parser.parse_args()

    torch.manual_seed(0)
    published = PublishedTtn()
    parameters = sum(p.numel() for p in published.parameters())
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "published.onnx"
        export.to_onnx(published, path)
        files = {
            "published fp32": path,
            "full fp32": MODELS / "ttn_handdrawn/1/model.onnx",
            "full int8": MODELS / "ttn_handdrawn_int8/1/model.onnx",
            "half fp32": MODELS / "ttn_handdrawn_edge/1/model.onnx",
        }
        sessions = {name: export.session(file, arguments.threads) for name, file in files.items()}
    print(f"published architecture: {parameters:,} parameters; median of {arguments.rounds} rounds, batch 1\n")
    print(f"{'size':>6} " + "".join(f"{name:>22}" for name in sessions))
    rng = np.random.default_rng(0)
    for size in arguments.sizes:
        picture = rng.integers(0, 255, (size, size, 3), np.uint8)
        times: dict[str, list[float]] = {name: [] for name in sessions}
        for session in sessions.values():
            export.run(session, picture)
        for _ in range(arguments.rounds):
            for name, session in sessions.items():
                start = time.perf_counter()
                export.run(session, picture)
                times[name].append(1000 * (time.perf_counter() - start))
        medians = {name: statistics.median(values) for name, values in times.items()}
        base = medians["published fp32"]
        print(f"{size:>5}² " + "".join(f"{ms:>12.1f} ms {base / ms:>5.1f}×" for ms in medians.values()))


if __name__ == "__main__":
    main()
