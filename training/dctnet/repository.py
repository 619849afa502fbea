"""`models/`: a Triton model repository, the card of each style, and the manifest that the service reads."""

from __future__ import annotations

import hashlib
import json
import math
import pathlib
import re
import typing

from .errors import DctnetError

QUEUE = """\
# 1: a person waits. 2: nobody does; fewer of those wait in line, and not as long, so that they are refused first.
# A request's own timeout holds where it is shorter.
dynamic_batching {
  priority_levels: 2
  default_priority_level: 1
  default_queue_policy {
    max_queue_size: 64
    timeout_action: REJECT
    default_timeout_microseconds: 30000000
    allow_timeout_override: true
  }
  priority_queue_policy {
    key: 2
    value: {
      max_queue_size: 16
      timeout_action: REJECT
      default_timeout_microseconds: 10000000
      allow_timeout_override: true
    }
  }
}
"""
"""Bounded for each level. Where nothing can be batched, too: with max_batch_size 0 Triton joins no requests."""
DELAY = "dynamic_batching {\n", "dynamic_batching {\n  max_queue_delay_microseconds: 2000\n"
"""What requests wait for others to be joined with, where they can be."""

CONFIG = """# Served as it is by Triton (--model-repository=models) and by the embedded server.
name: "{name}"
backend: "onnxruntime"
max_batch_size: 8
input [ {{ name: "image", data_type: TYPE_UINT8, dims: [ -1, -1, 3 ] }} ]
output [ {{ name: "stylized", data_type: TYPE_UINT8, dims: [ -1, -1, 3 ] }} ]
version_policy: {{ latest: {{ num_versions: 1 }} }}
{queue}# One for each GPU, or one on a processor, all of whose cores it uses.
instance_group [ {{ kind: KIND_AUTO, count: 1 }} ]
{accelerator}model_warmup [ {{
  name: "512 pixels"
  batch_size: 1
  inputs {{ key: "image", value: {{ data_type: TYPE_UINT8, dims: [ 512, 512, 3 ], zero_data: true }} }}
}} ]
"""

TENSORRT = """# On a GPU. The profile spans all sizes that the service asks for: without it, larger ones would have
# the engine built anew, which takes minutes. The folder for engines and timings is to outlive the container.
optimization {
  execution_accelerators {
    gpu_execution_accelerator [ {
      name: "tensorrt"
      parameters { key: "precision_mode", value: "FP16" }
      parameters { key: "max_workspace_size_bytes", value: "4294967296" }
      parameters { key: "trt_engine_cache_enable", value: "1" }
      parameters { key: "trt_engine_cache_path", value: "/var/cache/tensorrt" }
      parameters { key: "trt_timing_cache_enable", value: "1" }
      parameters { key: "trt_timing_cache_path", value: "/var/cache/tensorrt" }
      parameters { key: "trt_profile_min_shapes", value: "image:1x32x32x3" }
      parameters { key: "trt_profile_opt_shapes", value: "image:1x768x768x3" }
      parameters { key: "trt_profile_max_shapes", value: "image:8x1024x1024x3" }
    } ]
  }
}
"""
"""Parameters as triton-inference-server/onnxruntime_backend names them (README.md). `image` must be the only input of
what TensorRT takes over, the whole graph: its parser knows all operators of ours from 8.5 on."""


STYLE = "[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?"
"""A style's id, as the service's URLs take it (src/contract/transform.ts). In a model's name, _ begins the variant."""


def config_of(name: str) -> str:
    """The text of a model's config.pbtxt. On a GPU TensorRT runs the half-precision networks, and CUDA the others."""
    accelerator = TENSORRT if name.endswith("_fp16") else ""
    return CONFIG.format(name=name, queue=QUEUE.replace(*DELAY), accelerator=accelerator)


def configure(models: pathlib.Path) -> list[str]:
    """Writes the configuration of each style's model that there is anew, and returns their names."""
    names = sorted(path.parents[1].name for path in models.glob("ttn_*/1/model.onnx"))
    for name in names:
        place(models, name)
    return names


def place(models: pathlib.Path, name: str) -> pathlib.Path:
    """Creates MODEL/config.pbtxt and returns where MODEL/1/model.onnx belongs. Raises CardError for no model's name."""
    if not re.fullmatch(f"ttn_{STYLE}(_[a-z0-9]+)?", name):
        raise CardError(f"a model's name is ttn_STYLE or ttn_STYLE_VARIANT, such as ttn_mine_int8, not {name!r}")
    folder = models / name
    (folder / "1").mkdir(parents=True, exist_ok=True)
    (folder / "config.pbtxt").write_text(config_of(name), "utf8")
    return folder / "1" / "model.onnx"


class CardError(DctnetError):
    """A style's card lacks what the service or a user needs."""


REQUIRED = (
    "id",
    "name",
    "description",
    "licence",
    "commercialUse",
    "attribution",
    "data",
    "training",
    "figures",
    "sizes",
)


def _sha256(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(path: pathlib.Path, content: dict[str, typing.Any]) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf8")


def note_figures(card: pathlib.Path, network: pathlib.Path, figures: dict[str, float]) -> None:
    """Writes the figures of MODEL/1/model.onnx into the card under the model's name, with the network's SHA-256.

    Raises CardError when `network` is no such path.
    """
    if network.name != "model.onnx":
        raise CardError(f"--card: {network} is no MODEL/1/model.onnx")
    content = json.loads(card.read_text("utf8"))
    # JSON has no NaN, which the chroma of surroundings is where no drawing has any.
    rounded = {name: round(value, 4) if math.isfinite(value) else None for name, value in figures.items()}
    content.setdefault("figures", {})[network.parents[1].name] = {"sha256": _sha256(network)} | rounded
    _write(card, content)


def carry_figures(card: pathlib.Path, network: pathlib.Path, rounded: pathlib.Path, levels: int) -> None:
    """Has the card's figures of MODEL/1/model.onnx speak of `rounded`, which is to take its place.

    They say that they were read before its weights were rounded, which moved a picture by at most `levels` of 255.
    Raises CardError when they are another network's.
    """
    content = json.loads(card.read_text("utf8"))
    name, before = network.parents[1].name, _sha256(network)
    figures = content["figures"].get(name)
    if figures is None:
        return
    if figures["sha256"] != before:
        raise CardError(f"{card}: its figures of {name} are another network's: dctnet evaluate --card {card}")
    told = {"sha256": _sha256(rounded), "measured_before_rounding": before, "rounding_levels": levels}
    content["figures"][name] = told | {key: value for key, value in figures.items() if key not in told}
    _write(card, content)


def check_style(style: str) -> None:
    """Raises CardError when it is no style's id."""
    if not re.fullmatch(STYLE, style):
        raise CardError(f"a style's id has small letters, digits and - between them, 64 at most, not {style!r}")


def new_card(models: pathlib.Path, style: str, licence: str, commercial: bool) -> pathlib.Path:
    """Writes a card to fill in, for a style that has none. Raises CardError where it has, and for no id."""
    check_style(style)
    path = models / f"{style}.card.json"
    if path.exists():
        raise CardError(f"{path} exists already")
    card = {
        "id": style,
        "name": style.capitalize(),
        "description": "",
        "licence": {"name": licence, "url": ""},
        "commercialUse": commercial,
        "attribution": "",
        "sizes": {"min": 32, "recommended": 768, "largest": 768},
        "data": [{"use": "exemplars", "name": "", "source": "", "count": 0, "licence": licence}],
        "training": {"recipe": f"training/styles/{style}.toml"},
        "figures": {},
    }
    _write(path, card)
    return path


def build_manifest(models: pathlib.Path) -> list[str]:
    """Writes `styles.json` from every `*.card.json` and returns the styles' ids, those that anybody may use first,
    among them those whose card has a lower `order` (100 without): a service offers the first where nobody chose.

    A style's `version` is a digest of its networks: caches of the service must not answer with another network's
    pictures. Raises CardError when a card lacks something, or speaks of another network than there is.
    """
    styles: list[dict[str, typing.Any]] = []
    for path in sorted(models.glob("*.card.json")):
        card = json.loads(path.read_text("utf8"))
        missing = [key for key in REQUIRED if key not in card]
        if missing:
            raise CardError(f"{path}: no {missing[0]}")
        name = f"ttn_{card['id']}"
        networks = [*models.glob(f"{name}/1/model.onnx"), *models.glob(f"{name}_*/1/model.onnx")]
        digests = {network.parents[1].name: _sha256(network) for network in sorted(networks)}
        if not digests:
            raise CardError(f"{path}: there is no network {name}")
        # None at all is a style without pairs to measure on; old ones would be untrue.
        for name, digest in digests.items() if card["figures"] else ():
            if card["figures"].get(name, {}).get("sha256") != digest:
                raise CardError(f"{path}: no figures of {name} as it is now: dctnet evaluate --card {path}")
        card["version"] = hashlib.sha256("".join(digests.values()).encode()).hexdigest()[:12]
        styles.append(card)
    styles.sort(key=lambda card: (not card["commercialUse"], card.get("order", 100), card["id"]))
    if not styles:
        raise CardError(f"{models}: holds no *.card.json")
    _write(models / "styles.json", {"styles": styles})
    return [card["id"] for card in styles]
