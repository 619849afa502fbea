"""A network of models/ in Triton's Python backend, which stands for the ONNX Runtime backend: no wheel has that."""

from __future__ import annotations

import json
import typing

import numpy as np
import onnxruntime
import triton_python_backend_utils as triton  # comes with the server


class TritonPythonModel:
    """The class that Triton looks for; its configuration's parameter `network` names the file."""

    def initialize(self, args: dict[str, str]) -> None:
        config = json.loads(args["model_config"])
        path = config["parameters"]["network"]["string_value"]
        self.session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        self.inputs = [tensor["name"] for tensor in config["input"]]
        self.outputs = [tensor["name"] for tensor in config["output"]]

    def execute(self, requests: list[typing.Any]) -> list[typing.Any]:
        """What the dynamic batcher has put together runs as one batch; without it there is one request at a time."""
        given = [
            {name: triton.get_input_tensor_by_name(request, name).as_numpy() for name in self.inputs}
            for request in requests
        ]
        if len(given) == 1:
            parts = [self.session.run(self.outputs, given[0])]
        else:
            joined = {name: np.concatenate([one[name] for one in given]) for name in self.inputs}
            ends = np.cumsum([len(one[self.inputs[0]]) for one in given])[:-1]
            split = [np.split(output, ends) for output in self.session.run(self.outputs, joined)]
            parts = [list(part) for part in zip(*split, strict=True)]
        return [
            self._response(part, request.requested_output_names())
            for part, request in zip(parts, requests, strict=True)
        ]

    def _response(self, arrays: list[typing.Any], wanted: typing.Container[str]) -> typing.Any:
        named = zip(self.outputs, arrays, strict=True)
        return triton.InferenceResponse([triton.Tensor(name, array) for name, array in named if name in wanted])
