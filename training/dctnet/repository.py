"""`models/`: a Triton model repository, the card of each style, and the manifest that the service reads."""

from __future__ import annotations

import json
import pathlib
import typing

CONFIG = """# Served as it is by Triton (--model-repository=models) and by the embedded server.
name: "{name}"
backend: "onnxruntime"
max_batch_size: 8
input [ {{ name: "image", data_type: TYPE_UINT8, dims: [ -1, -1, 3 ] }} ]
output [ {{ name: "stylized", data_type: TYPE_UINT8, dims: [ -1, -1, 3 ] }} ]
version_policy: {{ latest: {{ num_versions: 1 }} }}
dynamic_batching {{
  max_queue_delay_microseconds: 2000
  default_queue_policy {{
    max_queue_size: 64
    timeout_action: REJECT
    default_timeout_microseconds: 30000000
  }}
}}
model_warmup [ {{
  name: "512 pixels"
  batch_size: 1
  inputs {{ key: "image", value: {{ data_type: TYPE_UINT8, dims: [ 512, 512, 3 ], zero_data: true }} }}
}} ]
"""


def place(models: pathlib.Path, name: str) -> pathlib.Path:
    """Creates MODEL/config.pbtxt and returns where MODEL/1/model.onnx belongs."""
    folder = models / name
    (folder / "1").mkdir(parents=True, exist_ok=True)
    (folder / "config.pbtxt").write_text(CONFIG.format(name=name), "utf8")
    return folder / "1" / "model.onnx"


class CardError(ValueError):
    """A style's card lacks what the service or a user needs."""


REQUIRED = (
    "id",
    "name",
    "description",
    "version",
    "licence",
    "commercialUse",
    "attribution",
    "exemplars",
    "sizes",
)


def build_manifest(models: pathlib.Path) -> list[str]:
    """Writes `styles.json` from every `*.card.json` and returns the styles' ids. Raises CardError."""
    styles: list[dict[str, typing.Any]] = []
    for path in sorted(models.glob("*.card.json")):
        card = json.loads(path.read_text("utf8"))
        missing = [key for key in REQUIRED if key not in card]
        if missing:
            raise CardError(f"{path}: no {missing[0]}")
        styles.append(card)
    if not styles:
        raise CardError(f"{models}: holds no *.card.json")
    text = json.dumps({"styles": styles}, indent=2, ensure_ascii=False) + "\n"
    (models / "styles.json").write_text(text, "utf8")
    return [card["id"] for card in styles]
