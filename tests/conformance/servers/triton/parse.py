"""Reads model configurations with Triton's own schema: python parse.py FILE... prints each one's error, or null."""

from __future__ import annotations

import importlib.util
import json
import pathlib
import sys
import typing

from google.protobuf import text_format


def schema() -> typing.Any:
    """model_config.proto as tritonclient brings it; the package itself would import gRPC."""
    package = importlib.util.find_spec("tritonclient")
    assert package is not None and package.submodule_search_locations
    path = pathlib.Path(package.submodule_search_locations[0]) / "grpc" / "model_config_pb2.py"
    spec = importlib.util.spec_from_file_location("model_config_pb2", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ModelConfig


def error(config: typing.Any, path: pathlib.Path) -> str | None:
    try:
        found = text_format.Parse(path.read_text("utf8"), config())
    except text_format.ParseError as problem:
        return str(problem)
    return None if found.name == path.parent.name else f"its name is {found.name}"


if __name__ == "__main__":
    config = schema()
    json.dump({path: error(config, pathlib.Path(path)) for path in sys.argv[1:]}, sys.stdout)
