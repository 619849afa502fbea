"""A network's file, rewritten with its weights in float16."""

import json
import pathlib

import numpy as np
import pytest
import torch

from dctnet import export, halves, repository
from dctnet.ttn import Ttn


@pytest.fixture
def network(tmp_path: pathlib.Path) -> pathlib.Path:
    """ttn_x_edge in a repository of its own, with a card that has its figures."""
    torch.manual_seed(3)
    path = repository.place(tmp_path, "ttn_x_edge")
    export.to_onnx(Ttn(8, 1).eval(), path)
    repository.note_figures(repository.new_card(tmp_path, "x", "CC0", commercial=True), path, {"gap": 0.5})
    return path


def figures(network: pathlib.Path) -> dict[str, object]:
    return json.loads((network.parents[2] / "x.card.json").read_text())["figures"]["ttn_x_edge"]


def test_a_file_becomes_smaller_and_its_card_says_since_when(network: pathlib.Path, sample: np.ndarray) -> None:
    before = figures(network)
    size = network.stat().st_size
    done = halves.write(network, [sample])
    assert (done.before, done.after) == (size, network.stat().st_size) and done.after < 0.8 * size
    assert done.levels <= halves.MOST
    now = figures(network)
    assert now["measured_before_rounding"] == before["sha256"] != now["sha256"]
    assert (now["gap"], now["rounding_levels"]) == (0.5, done.levels)
    assert repository.build_manifest(network.parents[2]) == ["x"]


def test_it_is_left_as_it_is_where_that_would_show(
    network: pathlib.Path, sample: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(halves, "MOST", -1)
    before = network.read_bytes(), figures(network)
    with pytest.raises(halves.RoundingError, match="moves by"):
        halves.write(network, [sample])
    assert (network.read_bytes(), figures(network)) == before
    assert [path.name for path in network.parent.iterdir()] == ["model.onnx"]


def test_a_card_that_speaks_of_another_network_is_not_touched(network: pathlib.Path, sample: np.ndarray) -> None:
    card = network.parents[2] / "x.card.json"
    content = json.loads(card.read_text())
    content["figures"]["ttn_x_edge"]["sha256"] = "0"
    card.write_text(json.dumps(content))
    before = network.read_bytes()
    with pytest.raises(repository.CardError, match="another network"):
        halves.write(network, [sample])
    assert network.read_bytes() == before
