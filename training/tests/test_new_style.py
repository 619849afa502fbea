import json
import pathlib
import shutil

import numpy as np
import onnx
import pytest
import torch
from PIL import Image

from dctnet import cli, export, ground, repository
from dctnet.errors import DctnetError
from dctnet.evaluation import photos as evaluated
from dctnet.evaluation import robustness, style, summary

CONFIG = """
style = "mine"

[prepare]
duplicates = 1.0
least_accepted = 10

[exemplars]
ground = "hatch"  # the quickest by far

[network]
width = 8
blocks = 1

[train]
batch = 1
crop = 64
checkpoint_every = 12
grid_every = 24
"""


@pytest.fixture(scope="module")
def photos(sample: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Pictures of a real face: forty are enough that two are held out."""
    folder = tmp_path_factory.mktemp("photos") / "someone"
    folder.mkdir()
    for index in range(48):
        rng = np.random.default_rng(100 + index)
        left, top = rng.integers(0, 60, 2)
        tinted = np.clip(sample[top : top + 430, left : left + 430] * rng.uniform(0.75, 1.1, 3), 0, 255)
        Image.fromarray(tinted.astype(np.uint8)).resize((224, 224)).save(folder / f"{index:02}.png")
    return folder


@pytest.fixture(scope="module")
def drawings(photos: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Ten of them, inked."""
    folder = tmp_path_factory.mktemp("drawings")
    for path in sorted(photos.iterdir())[:10]:
        Image.fromarray(ground.render(np.asarray(Image.open(path)), "ink")).save(folder / path.name)
    return folder


@pytest.fixture(scope="module")
def few(photos: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Four of the photos."""
    folder = tmp_path_factory.mktemp("few")
    for path in sorted(photos.iterdir())[:4]:
        shutil.copy(path, folder)
    return folder


def order(
    root: pathlib.Path, exemplars: pathlib.Path, photos: pathlib.Path, vgg: pathlib.Path, weights: pathlib.Path
) -> list[str]:
    (root / "mine.toml").write_text(CONFIG, "utf8")
    return [
        "new-style", "--name", "mine", "--exemplars", str(exemplars), "--photos", str(photos), "--licence", "CC0",
        "--commercial-use", "yes", "--vgg", str(vgg), "--weights", str(weights), "--config", str(root / "mine.toml"),
        "--steps", "24", "--run", str(root / "run"), "--models", str(root / "models"), "--device", "cpu",
    ]  # fmt: skip


def test_ten_drawings_become_a_served_style_and_the_same_command_finds_nothing_left_to_do(
    drawings: pathlib.Path,
    photos: pathlib.Path,
    vgg_path: pathlib.Path,
    weights: pathlib.Path,
    tmp_path: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What is measured and how exact the figures are is tests/test_evaluation_style.py's matter.
    monkeypatch.setattr(style, "TURNED", 1)
    monkeypatch.setattr(robustness, "ANGLES", (0, 30))
    monkeypatch.setattr(summary, "DRAWS", 40)
    monkeypatch.setattr(evaluated, "OTHERS", 4)
    command = order(tmp_path, drawings, photos, vgg_path, weights)
    cli.main(command)
    said = capsys.readouterr().out
    models = tmp_path / "models"
    picture = np.asarray(Image.open(photos / "03.png"))
    for variant in ("", "_fp16", "_int8", "_edge"):
        path = models / f"ttn_mine{variant}" / "1" / "model.onnx"
        assert export.run(export.session(path), picture).shape == picture.shape
        assert f"{path}: " in said
    stored = onnx.load(models / "ttn_mine_edge/1/model.onnx").graph.initializer
    assert {t.data_type for t in stored if len(t.dims) == 4} == {onnx.TensorProto.FLOAT16}
    (registered,) = json.loads((models / "styles.json").read_text("utf8"))["styles"]
    assert registered["id"] == "mine" and registered["commercialUse"] is True
    assert registered["licence"]["name"] == "CC0"
    assert set(registered["figures"]) == {"ttn_mine", "ttn_mine_fp16", "ttn_mine_int8", "ttn_mine_edge"}
    assert (tmp_path / "run/evaluation/page.png").exists() and (tmp_path / "run/prepared/report.md").exists()

    full = tmp_path / "run/full/checkpoint.pt"
    assert torch.load(full, weights_only=True)["step"] == 24
    made = [
        full,
        tmp_path / "run/edge/checkpoint.pt",
        *models.rglob("model.onnx"),
        tmp_path / "run/evaluation/page.png",
    ]
    before = [path.stat().st_mtime_ns for path in made]
    cli.main(command)
    assert [path.stat().st_mtime_ns for path in made] == before
    said = capsys.readouterr().out
    assert all(f"{step} already" in said for step in ("prepared", "written", "measured"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"--name": "My Style"}, "small letters"),
        ({"--name": "other"}, "of the style 'mine'"),
        ({"--exemplars": "nowhere"}, "no folder"),
        ({"--weights": "nowhere"}, "dctnet fetch"),
    ],
)
def test_an_order_that_cannot_be_carried_out_is_refused_with_a_sentence(
    drawings: pathlib.Path,
    photos: pathlib.Path,
    vgg_path: pathlib.Path,
    weights: pathlib.Path,
    tmp_path: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
    change: dict[str, str],
    says: str,
) -> None:
    command = order(tmp_path, drawings, photos, vgg_path, weights)
    for option, value in change.items():
        command[command.index(option) + 1] = value
    with pytest.raises(SystemExit):
        cli.main(command)
    assert says in capsys.readouterr().err
    assert not (tmp_path / "models").exists()


def test_a_failed_order_says_which_drawings_are_the_matter(
    few: pathlib.Path,
    vgg_path: pathlib.Path,
    weights: pathlib.Path,
    tmp_path: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    blank = tmp_path / "blank"
    blank.mkdir()
    for index in range(4):
        Image.new("RGB", (200, 200), (index, 90, 30)).save(blank / f"{index}.png")
    with pytest.raises(SystemExit):
        cli.main(order(tmp_path, blank, few, vgg_path, weights))
    assert "no face found" in capsys.readouterr().err


def test_too_few_photos_are_refused_before_anything_is_trained(
    drawings: pathlib.Path,
    few: pathlib.Path,
    vgg_path: pathlib.Path,
    weights: pathlib.Path,
    tmp_path: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        cli.main(order(tmp_path, drawings, few, vgg_path, weights))
    assert "bring 40 at the least" in capsys.readouterr().err
    assert not (tmp_path / "run/full").exists()


def test_a_style_id_is_checked() -> None:
    repository.check_style("a-style-2")
    with pytest.raises(DctnetError):
        repository.check_style("a_style")
