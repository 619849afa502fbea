"""What `models/` ships, on a real photo."""

import json
import pathlib
from collections.abc import Callable

import numpy as np
import onnx
import pytest
import torch
from PIL import Image

from dctnet import checkpoint, config, export, repository, variants
from dctnet.ttn import train
from dctnet.world import World

MODELS = pathlib.Path(__file__).resolve().parents[2] / "models"
NAMES = sorted(p.parent.name for p in MODELS.glob("ttn_*/config.pbtxt"))


@pytest.mark.parametrize("name", NAMES)
def test_a_model_takes_any_size_and_changes_the_photo(name: str, sample: np.ndarray) -> None:
    session = export.session(MODELS / name / "1/model.onnx")
    for photo in (sample[:301, :217], sample[:32, :32]):
        photo = np.ascontiguousarray(photo)
        drawn = export.run(session, photo)
        assert drawn.shape == photo.shape and drawn.dtype == np.uint8
    drawn = export.run(session, sample)
    assert 5 < np.abs(drawn.astype(int) - sample).mean() < 80


@pytest.mark.parametrize("name", NAMES)
def test_the_configuration_names_the_graph_as_it_is(name: str) -> None:
    graph = onnx.load(MODELS / name / "1/model.onnx").graph
    text = (MODELS / name / "config.pbtxt").read_text()
    assert text == repository.config_of(name)
    assert f'name: "{name}"' in text and 'name: "image"' in text and 'name: "stylized"' in text
    for value, expected in ((graph.input, "image"), (graph.output, "stylized")):
        assert [v.name for v in value] == [expected]
        assert value[0].type.tensor_type.elem_type == onnx.TensorProto.UINT8
        assert value[0].type.tensor_type.shape.dim[3].dim_value == 3


@pytest.mark.parametrize(("suffix", "least"), [("_int8", 30), ("_edge", 20)])
def test_a_smaller_network_draws_what_the_full_one_draws(
    suffix: str, least: float, sample: np.ndarray, tell: Callable[[str], None]
) -> None:
    names = [name for name in NAMES if name.endswith(suffix)]
    assert names
    for name in names:
        full = export.session(MODELS / name.removesuffix(suffix) / "1/model.onnx")
        small = export.session(MODELS / name / "1/model.onnx")
        quality = export.psnr(export.run(full, sample), export.run(small, sample))
        tell(f"{name} against {name.removesuffix(suffix)} on the sample: PSNR {quality:.1f} dB")
        assert quality > least


def test_every_style_has_its_models_and_the_manifest_is_built_from_the_cards(tmp_path: pathlib.Path) -> None:
    for path in MODELS.iterdir():
        if path.name != "styles.json":
            (tmp_path / path.name).symlink_to(path)
    styles = repository.build_manifest(tmp_path)
    assert (tmp_path / "styles.json").read_text() == (MODELS / "styles.json").read_text()
    for style in styles:
        assert {f"ttn_{style}", f"ttn_{style}_int8"} <= set(NAMES)
    assert "handdrawn" in styles and "ttn_handdrawn_edge" in NAMES


def test_a_card_without_a_licence_is_refused(tmp_path: pathlib.Path) -> None:
    (tmp_path / "x.card.json").write_text(json.dumps({"id": "x", "name": "X", "description": ""}))
    with pytest.raises(repository.CardError, match="licence"):
        repository.build_manifest(tmp_path)


def test_a_new_network_needs_new_figures_and_gets_a_new_version(tmp_path: pathlib.Path) -> None:
    card, network = tmp_path / "x.card.json", tmp_path / "ttn_x/1/model.onnx"
    assert repository.new_card(tmp_path, "x", "CC0", commercial=True) == card
    with pytest.raises(repository.CardError, match="exists already"):
        repository.new_card(tmp_path, "x", "CC0", commercial=True)
    network.parent.mkdir(parents=True)
    network.write_bytes(b"unmeasured")
    assert repository.build_manifest(tmp_path) == ["x"]
    repository.note_figures(card, network, {"gap": 1.0})
    versions = []
    for content in (b"one", b"two"):
        network.write_bytes(content)
        with pytest.raises(repository.CardError, match="no figures of ttn_x"):
            repository.build_manifest(tmp_path)
        repository.note_figures(card, network, {"gap": 0.12345})
        assert json.loads(card.read_text())["figures"]["ttn_x"]["gap"] == 0.1235
        assert repository.build_manifest(tmp_path) == ["x"]
        versions.append(json.loads((tmp_path / "styles.json").read_text())["styles"][0]["version"])
    assert versions[0] != versions[1]


@pytest.mark.parametrize("name", ["../evil", "ttn_", "ttn_Mine", "mine", "ttn_a/b", "ttn_my_own_int8", "ttn_-a"])
def test_a_model_goes_nowhere_but_into_the_repository(tmp_path: pathlib.Path, name: str) -> None:
    with pytest.raises(repository.CardError, match="ttn_STYLE"):
        repository.place(tmp_path, name)


@pytest.mark.parametrize("style", ["../evil", "", "Mine", "my_own", "-a"])
def test_a_style_has_an_id_that_urls_take(tmp_path: pathlib.Path, style: str) -> None:
    with pytest.raises(repository.CardError, match="a style's id"):
        repository.new_card(tmp_path, style, "CC0", commercial=True)


def test_a_style_claims_no_networks_of_one_whose_id_begins_alike(tmp_path: pathlib.Path) -> None:
    for style in ("hand", "hand-drawn", "handdrawn"):
        repository.new_card(tmp_path, style, "CC0", commercial=True)
        repository.place(tmp_path, f"ttn_{style}").write_bytes(style.encode())
        repository.place(tmp_path, f"ttn_{style}_int8").write_bytes(style.encode())

    def version_of_hand() -> str:
        assert repository.build_manifest(tmp_path) == ["hand", "hand-drawn", "handdrawn"]
        styles = json.loads((tmp_path / "styles.json").read_text())["styles"]
        return next(style["version"] for style in styles if style["id"] == "hand")

    before = version_of_hand()
    (tmp_path / "ttn_handdrawn/1/model.onnx").write_bytes(b"another")
    assert version_of_hand() == before
    (tmp_path / "ttn_hand_int8/1/model.onnx").write_bytes(b"another")
    assert version_of_hand() != before


def test_a_figure_that_there_is_not_is_null(tmp_path: pathlib.Path) -> None:
    card = repository.new_card(tmp_path, "x", "CC0", commercial=True)
    network = repository.place(tmp_path, "ttn_x")
    network.write_bytes(b"one")
    repository.note_figures(card, network, {"chroma_outside": float("nan")})
    assert json.loads(card.read_text())["figures"]["ttn_x"]["chroma_outside"] is None


def test_transparent_pictures_are_read_on_white(tmp_path: pathlib.Path) -> None:
    from dctnet import data

    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert (data.read(tmp_path / "clear.png", 16) == 255).all()


def test_styles_that_anybody_may_use_come_first(tmp_path: pathlib.Path) -> None:
    for style, commercial in (("a", False), ("c", True), ("b", True)):
        repository.new_card(tmp_path, style, "CC0", commercial)
        repository.place(tmp_path, f"ttn_{style}").write_bytes(b"")
    assert repository.build_manifest(tmp_path) == ["b", "c", "a"]


def test_without_photos_and_a_narrow_network_two_are_written(tmp_path: pathlib.Path) -> None:
    """With them there are four, which tests/test_new_style.py has drawn with."""
    settings = config.Config("x", network=config.Network(8, 1))
    state = train.State.new(settings, World(settings.train, torch.device("cpu")))
    checkpoint.save(state, tmp_path / "x.pt", settings)
    photo = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    said = list(variants.write(tmp_path, "x", tmp_path / "x.pt"))
    assert [line.split("/")[-3] for line in said] == ["ttn_x", "ttn_x_fp16"]
    for line in said:
        assert export.run(export.session(pathlib.Path(line.split(":")[0])), photo).shape == photo.shape


def test_among_them_a_card_may_say_which_is_offered_first(tmp_path: pathlib.Path) -> None:
    for style in ("a", "b", "c"):
        card = repository.new_card(tmp_path, style, "CC0", commercial=True)
        repository.place(tmp_path, f"ttn_{style}").write_bytes(b"")
        if style == "c":
            card.write_text(json.dumps(json.loads(card.read_text()) | {"order": 1}))
    assert repository.build_manifest(tmp_path) == ["c", "a", "b"]
