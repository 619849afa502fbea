"""Runs networks in ONNX Runtime as Python comes with it, on demand: for bench/inference.ts.

usage: peer.py MODEL.onnx; a line "SIDE BATCH" on standard input is answered with the milliseconds of one run.
"""

import sys
import time

import numpy as np
import onnxruntime

session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
print(onnxruntime.__version__, flush=True)
for line in sys.stdin:
    side, batch = map(int, line.split())
    pictures = np.random.default_rng(0).integers(0, 255, (batch, side, side, 3), np.uint8)
    start = time.perf_counter()
    session.run(None, {"image": pictures})
    print(1000 * (time.perf_counter() - start), flush=True)
