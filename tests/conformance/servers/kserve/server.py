"""Networks of models/ behind KServe's ModelServer: python server.py PORT FOLDER..., a folder for each model."""

from __future__ import annotations

import asyncio
import pathlib
import sys
import typing

import onnxruntime
from kserve import InferOutput, InferRequest, InferResponse, Model, ModelServer
from kserve.errors import InvalidInput
from kserve.utils.utils import generate_uuid

DATATYPES = {"tensor(uint8)": "UINT8", "tensor(float)": "FP32"}


class Network(Model):
    """One network. What Triton checks with its configuration is checked here: KServe leaves it to the model."""

    def __init__(self, folder: pathlib.Path) -> None:
        super().__init__(folder.name)
        self.session = onnxruntime.InferenceSession(folder / "1" / "model.onnx", providers=["CPUExecutionProvider"])
        self.ready = True

    async def get_input_types(self) -> list[dict[str, typing.Any]]:
        return [described(tensor) for tensor in self.session.get_inputs()]

    async def get_output_types(self) -> list[dict[str, typing.Any]]:
        return [described(tensor) for tensor in self.session.get_outputs()]

    async def predict(self, payload: InferRequest, headers: dict[str, str] | None = None) -> InferResponse:
        feeds = {tensor["name"]: self.tensor(payload, tensor) for tensor in await self.get_input_types()}
        names = [tensor.name for tensor in self.session.get_outputs()]
        arrays = await asyncio.to_thread(self.session.run, names, feeds)
        outputs = []
        for tensor, array in zip(await self.get_output_types(), arrays, strict=True):
            output = InferOutput(tensor["name"], list(array.shape), tensor["datatype"])
            output.set_data_from_numpy(array)
            outputs.append(output)
        return InferResponse(
            payload.id or generate_uuid(),
            self.name,
            outputs,
            use_binary_outputs=payload.use_binary_outputs,
            requested_outputs=payload.request_outputs,
        )

    @staticmethod
    def tensor(payload: InferRequest, expected: dict[str, typing.Any]) -> typing.Any:
        given = payload.get_input_by_name(expected["name"])
        if given is None:
            raise InvalidInput(f"input {expected['name']} is missing")
        shape = expected["shape"]
        fits = len(given.shape) == len(shape) and all(
            side in (-1, actual) for side, actual in zip(shape, given.shape, strict=True)
        )
        if given.datatype != expected["datatype"] or not fits:
            raise InvalidInput(f"input {expected['name']} must be {expected['datatype']} {shape}")
        return given.as_numpy()


def described(tensor: typing.Any) -> dict[str, typing.Any]:
    shape = [side if isinstance(side, int) else -1 for side in tensor.shape]
    return {"name": tensor.name, "datatype": DATATYPES[tensor.type], "shape": shape}


if __name__ == "__main__":
    port, *folders = sys.argv[1:]
    server = ModelServer(http_port=int(port), enable_grpc=False)
    server.start([Network(pathlib.Path(folder)) for folder in folders])
