"""Reads the weight format of TensorFlow.js: a JSON manifest beside binary shards.

A manifest is a list of groups. The shards of a group, joined, hold its arrays one after the other, little-endian, in
the order of the manifest. An array may be quantized: as uint8 or uint16 it stands for `value · scale + min`, as float16
for itself. Layouts stay TensorFlow's: kernels are HWIO, depthwise kernels HWC1.
"""

from __future__ import annotations

import json
import math
import pathlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DctnetError

Arrays = dict[str, NDArray[Any]]
STORED = {"float32": "<f4", "int32": "<i4", "bool": "|b1", "uint8": "|u1", "uint16": "<u2", "float16": "<f2"}


class WeightsError(DctnetError):
    """The networks of faces are missing or damaged; the message says what to do."""


def _array(entry: dict[str, Any], data: bytes, start: int) -> tuple[NDArray[Any], int]:
    """The array of one manifest entry that begins at byte `start`, and where it ends."""
    quantization = entry.get("quantization")
    stored = np.dtype(STORED[quantization["dtype"] if quantization else entry["dtype"]])
    end = start + math.prod(entry["shape"]) * stored.itemsize
    array = np.frombuffer(data[start:end], stored).reshape(entry["shape"])
    if quantization and "scale" in quantization:
        # In float32, as the library does it, so that the ports agree to the last bits.
        array = array.astype(np.float32) * np.float32(quantization["scale"]) + np.float32(quantization["min"])
    whole = entry["dtype"] != "float32"
    if whole and quantization:
        array = np.round(array)
    return array.astype(entry["dtype"] if whole else np.float32), end


def load(manifest: pathlib.Path) -> Arrays:
    """All arrays of a manifest `NAME-weights_manifest.json`, or of a graph model `NAME.json`. Raises WeightsError."""
    try:
        table = json.loads(manifest.read_text("utf8"))
        groups = table["weightsManifest"] if isinstance(table, dict) else table
        arrays: Arrays = {}
        for group in groups:
            data = b"".join((manifest.parent / shard).read_bytes() for shard in group["paths"])
            end = 0
            for entry in group["weights"]:
                arrays[entry["name"]], end = _array(entry, data, end)
            if end != len(data):
                raise ValueError(f"its arrays take {end} bytes and its shards have {len(data)}")
        return arrays
    except FileNotFoundError as error:
        missing = error.filename or manifest
        raise WeightsError(
            f"there is no file {missing}; `dctnet fetch --to {manifest.parent.parent}` brings it"
        ) from None
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(f"{manifest}: damaged ({error}); delete it and run `dctnet fetch` again") from None
