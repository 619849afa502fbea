"""What `models/` ships, on a real photo."""

import json
import pathlib

import numpy as np
import onnx
import pytest
from PIL import Image

from dctnet import export, repository

MODELS = pathlib.Path(__file__).resolve().parents[2] / "models"
NAMES = sorted(p.parent.name for p in MODELS.glob("*/config.pbtxt"))


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
    assert f'name: "{name}"' in text and 'name: "image"' in text and 'name: "stylized"' in text
    for value, expected in ((graph.input, "image"), (graph.output, "stylized")):
        assert [v.name for v in value] == [expected]
        assert value[0].type.tensor_type.elem_type == onnx.TensorProto.UINT8
        assert value[0].type.tensor_type.shape.dim[3].dim_value == 3


@pytest.mark.parametrize("name", [n for n in NAMES if n.endswith("_int8")])
def test_int8_looks_like_fp32(name: str, sample: np.ndarray) -> None:
    full = export.session(MODELS / name.removesuffix("_int8") / "1/model.onnx")
    small = export.session(MODELS / name / "1/model.onnx")
    quality = export.psnr(export.run(full, sample), export.run(small, sample))
    print(f"{name} against fp32 on the sample: {quality:.1f} dB")
    assert quality > 30


def test_every_style_has_its_models_and_the_manifest_is_built_from_the_cards(tmp_path: pathlib.Path) -> None:
    for path in MODELS.glob("*.card.json"):
        (tmp_path / path.name).write_text(path.read_text())
    styles = repository.build_manifest(tmp_path)
    assert (tmp_path / "styles.json").read_text() == (MODELS / "styles.json").read_text()
    for style in styles:
        assert {f"ttn_{style}", f"ttn_{style}_int8", f"ttn_{style}_edge"} <= set(NAMES)


def test_a_card_without_a_licence_is_refused(tmp_path: pathlib.Path) -> None:
    (tmp_path / "x.card.json").write_text(json.dumps({"id": "x", "name": "X", "description": "", "version": "1"}))
    with pytest.raises(repository.CardError, match="licence"):
        repository.build_manifest(tmp_path)


def test_transparent_pictures_are_read_on_white(tmp_path: pathlib.Path) -> None:
    from dctnet import data

    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert (data.read(tmp_path / "clear.png", 16) == 255).all()
