"""Renders the chart with Helm and checks manifests strictly: no field that their schemas do not know.

usage: manifests.py lint CHART [VALUES…]      what Helm's linter says, and whether the values fit their schema
       manifests.py render CHART [VALUES…]    the manifests, as JSON
       manifests.py notes CHART [VALUES…]     what `helm install` says at its end, as JSON
       manifests.py check < MANIFESTS         what is wrong with each, as JSON; Kubernetes' own and KServe's kinds

Kubernetes' schemas are kubernetes-validate's, KServe's those of its Python models, which are made from its definitions.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import pathlib
import re
import sys
from typing import Any

import helm_python as helm
import kubernetes_validate
import yaml
from jsonschema import Draft202012Validator
from kubernetes_validate.utils import all_versions, major_minor, schema_contents
from referencing import Registry, Resource

KUBERNETES = "1.34"


def values_of(paths: list[str]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for path in paths:
        merged = over(merged, yaml.safe_load(pathlib.Path(path).read_text()))
    return merged


def over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """As Helm puts one `-f` over another: maps by their keys, all else whole."""

    def one(name: str, value: Any) -> Any:
        lower = below.get(name)
        return over(lower, value) if isinstance(lower, dict) and isinstance(value, dict) else value

    return below | {name: one(name, value) for name, value in above.items()}


def lint(chart: str, values: dict[str, Any]) -> list[str]:
    report = helm.lint(chart, values, strict=True, kube_version=f"v{KUBERNETES}.0")
    return [*report["errors"], *(one["error"] for one in report["messages"] if one["severity"] > 1)]


def templates(chart: str, values: dict[str, Any]) -> dict[str, str]:
    with helm.Chart.load(chart) as loaded:
        loaded.validate_schema(values)
        return loaded.render(values, name="drawing", namespace="pictures")


def render(chart: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    files = [text for name, text in templates(chart, values).items() if name.endswith(".yaml")]
    return [one for text in files for one in yaml.safe_load_all(text) if one]


def notes(chart: str, values: dict[str, Any]) -> str:
    return next(text for name, text in templates(chart, values).items() if name.endswith("NOTES.txt"))


def problems(manifest: dict[str, Any]) -> list[str]:
    group = manifest["apiVersion"].split("/")[0]
    if group == "serving.kserve.io":
        return kserve("V1beta1InferenceService", manifest, manifest["kind"])
    try:
        kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
    except kubernetes_validate.SchemaNotFoundError:
        return [f"{manifest['apiVersion']} {manifest['kind']}: no schema"]
    except kubernetes_validate.ValidationError as error:
        return [f"{manifest['kind']}: {'.'.join(map(str, error.path))}: {error.message}"]
    return []


def kserve(kind: str, value: Any, path: str) -> list[str]:
    """What a value has that a model of KServe's does not know, or knows as something else."""
    if kind.startswith("list["):
        if not isinstance(value, list):
            return [f"{path} is no list"]
        return [bad for at, one in enumerate(value) for bad in kserve(kind[5:-1], one, f"{path}[{at}]")]
    if kind.startswith("dict("):
        element = kind[5:-1].split(", ", 1)[1]
        return [bad for name, one in value.items() for bad in kserve(element, one, f"{path}.{name}")]
    plain = {"str": str, "int": int, "bool": bool, "float": (int, float), "object": object}.get(kind)
    if plain:
        return [] if isinstance(value, plain) else [f"{path} is no {kind}"]
    model = model_of(kind)
    if model is None:
        return core(kind, value, path)
    types, names = model
    own = {json_name: types[name] for name, json_name in names.items()}
    unknown = [f"{path}.{name} is not known" for name in value if name not in own]
    known = (kserve(own[name], one, f"{path}.{name}") for name, one in value.items() if name in own)
    return [*unknown, *(bad for each in known for bad in each)]


def model_of(kind: str) -> tuple[dict[str, str], dict[str, str]] | None:
    """The tables of a class of kserve.models, read without running it: the package's other needs are not installed."""
    found = importlib.util.find_spec("kserve")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("kserve is not installed")
    file = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", kind).lower().replace("v1_beta1", "v1beta1")
    path = pathlib.Path(found.submodule_search_locations[0]) / "models" / f"{file}.py"
    if not path.exists():
        return None
    tables = {
        target.id: ast.literal_eval(node.value)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in ("openapi_types", "attribute_map")
    }
    return tables["openapi_types"], tables["attribute_map"]


def core(kind: str, value: Any, path: str) -> list[str]:
    """The same for Kubernetes' own types within, such as V1Volume."""
    version = [one for one in all_versions() if major_minor(one) <= major_minor(KUBERNETES)][-1]
    contents = schema_contents(f"kubernetes-json-schema/v{version}-local-strict/_definitions.json", KUBERNETES)
    names = [name for name in contents["$defs"] if name.endswith(f".v1.{kind.removeprefix('V1')}")]
    if not names:
        raise SystemExit(f"no schema of {kind}")
    registry = Resource.from_contents(contents) @ Registry()
    schema = {"$ref": f"{contents['$id']}#/$defs/{names[0]}"}
    errors = Draft202012Validator(schema, registry=registry).iter_errors(value)
    return [f"{path}: {error.message}" for error in errors]


def main(command: str, *paths: str) -> None:
    if command == "check":
        documents = [one for one in yaml.safe_load_all(sys.stdin) if one]
        listed = documents[0] if isinstance(documents[0], list) else documents
        print(json.dumps([problems(one) for one in listed]))
    elif command == "notes":
        print(json.dumps(notes(paths[0], values_of([*paths[1:]]))))
    elif command == "lint":
        print(json.dumps(lint(paths[0], values_of([*paths[1:]]))))
    else:
        print(json.dumps(render(paths[0], values_of([*paths[1:]]))))


main(*sys.argv[1:])
