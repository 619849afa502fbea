"""A network's file, rewritten with its weights in float16."""

import json
import pathlib
import shutil

import numpy as np
import pytest

from dctnet import halves, repository


@pytest.fixture
def placed(exported: pathlib.Path, tmp_path: pathlib.Path) -> pathlib.Path:
    """ttn_x_edge in a repository of its own, with a card that has its figures."""
    path = repository.place(tmp_path, "ttn_x_edge")
    shutil.copy(exported, path)
    repository.note_figures(repository.new_card(tmp_path, "x", "CC0", commercial=True), path, {"gap": 0.5})
    return path


def figures(placed: pathlib.Path) -> dict[str, object]:
    return json.loads((placed.parents[2] / "x.card.json").read_text())["figures"]["ttn_x_edge"]


def test_a_file_becomes_smaller_and_its_card_says_since_when(placed: pathlib.Path, sample: np.ndarray) -> None:
    before = figures(placed)
    size = placed.stat().st_size
    done = halves.write(placed, [sample])
    assert (done.before, done.after) == (size, placed.stat().st_size) and done.after < 0.8 * size
    assert done.levels <= halves.MOST
    now = figures(placed)
    assert now["measured_before_rounding"] == before["sha256"] != now["sha256"]
    assert (now["gap"], now["rounding_levels"]) == (0.5, done.levels)
    assert repository.build_manifest(placed.parents[2]) == ["x"]


def test_it_is_left_as_it_is_where_that_would_show(
    placed: pathlib.Path, sample: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(halves, "MOST", -1)
    before = placed.read_bytes(), figures(placed)
    with pytest.raises(halves.RoundingError, match="moves by"):
        halves.write(placed, [sample])
    assert (placed.read_bytes(), figures(placed)) == before
    assert [path.name for path in placed.parent.iterdir()] == ["model.onnx"]


def test_a_card_that_speaks_of_another_network_is_not_touched(placed: pathlib.Path, sample: np.ndarray) -> None:
    card = placed.parents[2] / "x.card.json"
    content = json.loads(card.read_text())
    content["figures"]["ttn_x_edge"]["sha256"] = "0"
    card.write_text(json.dumps(content))
    before = placed.read_bytes()
    with pytest.raises(repository.CardError, match="another network"):
        halves.write(placed, [sample])
    assert placed.read_bytes() == before
