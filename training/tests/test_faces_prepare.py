import json
import pathlib

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from dctnet import config
from dctnet.data import DataError
from dctnet.prepare import duplicates
from dctnet.prepare import run as preparation
from dctnet.prepare.check import excluded
from dctnet.prepare.config import Prepare

FEW = Prepare(least_accepted=1)


@pytest.fixture(scope="module")
def prepared(
    sample: np.ndarray, weights: pathlib.Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[pathlib.Path, pathlib.Path]:
    """A folder of one portrait in many states, and the run that looked at it."""
    root = tmp_path_factory.mktemp("prepare")
    folder, photo = root / "drawings", Image.fromarray(sample).resize((256, 256), Image.Resampling.LANCZOS)
    folder.mkdir()
    photo.save(folder / "a.png")
    photo.save(folder / "b_again.jpg", quality=85)
    ImageOps.invert(photo).save(folder / "c_skipped.png")
    photo.resize((100, 100)).save(folder / "d_tiny.png")
    Image.new("RGB", (256, 256), "white").save(folder / "e_blank.png")
    (folder / "f_broken.png").write_bytes(b"\x89PNG\r\n")
    crowd = Image.new("RGB", (512, 512))
    for x in (0, 256):
        for y in (0, 256):
            crowd.paste(photo, (x, y))
    crowd.save(folder / "g_sheet.png")
    ImageEnhance.Color(photo.rotate(-20, Image.Resampling.BICUBIC)).enhance(0).save(folder / "h_turned.png")
    preparation.prepare(Prepare(least_accepted=1, exclude=("*_skipped.*",)), folder, [folder], weights, root / "run")
    return folder, root / "run"


def test_every_picture_is_accepted_or_refused_with_its_reason(prepared: tuple[pathlib.Path, pathlib.Path]) -> None:
    rows = json.loads((prepared[1] / "report.json").read_text())
    reasons = {pathlib.Path(row["path"]).stem: row["reason"] for row in rows["exemplars"]}
    assert reasons == {
        "a": None,
        "b_again": "near-duplicate",
        "c_skipped": "excluded",
        "d_tiny": "too small",
        "e_blank": "no face found",
        "f_broken": "unreadable",
        "g_sheet": "too many faces",
        "h_turned": None,
    }
    assert len(rows["photos"]) == len(rows["exemplars"])
    assert all(0 < value < 2 for value in rows["exemplars"][0]["face"]["openness"][:2])


def test_accepted_pictures_are_where_a_training_takes_them(prepared: tuple[pathlib.Path, pathlib.Path]) -> None:
    linked = sorted(p.name for p in (prepared[1] / "exemplars").rglob("*.*"))
    assert linked == ["a.png", "h_turned.png"]
    text = (prepared[1] / "report.md").read_text()
    assert "exemplars: 2 of 8 accepted" in text and "near-duplicate | 1" in text
    for name in ("accepted.png", "refused.png"):
        assert Image.open(prepared[1] / name).width > 500


def test_too_few_exemplars_are_an_error_that_says_why(
    prepared: tuple[pathlib.Path, pathlib.Path], weights: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    folder = tmp_path / "drawings"
    folder.mkdir()
    for index in range(3):
        Image.new("RGB", (60, 60 + index), "white").save(folder / f"{index}.png")
    with pytest.raises(
        preparation.PrepareError, match=r"0 of 3 can be used and 20 are needed.*'too small'.*larger ones"
    ):
        preparation.prepare(Prepare(), folder, [], weights, tmp_path / "run")
    assert (tmp_path / "run/report.md").exists()
    with pytest.raises(DataError, match="there is no folder"):
        preparation.prepare(FEW, tmp_path / "none", [], weights, tmp_path / "run")


def test_a_free_style_may_do_without_found_faces(weights: pathlib.Path, tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "drawings"
    folder.mkdir()
    for index, colour in enumerate(("white", "teal")):
        Image.new("RGB", (200, 200), colour).save(folder / f"{index}.png")
    (kind,) = preparation.prepare(Prepare(require_face=False, least_accepted=2), folder, [], weights, tmp_path / "run")
    assert len(kind.accepted()) == 2 and "A face was found in 0" in (tmp_path / "run/report.md").read_text()


def test_rules_come_from_the_style(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "style.toml"
    path.write_text('style = "x"\n[prepare]\nexclude = ["*-draft.png"]\nmost_chroma = 50\n')
    rules = config.load(path).prepare
    assert excluded(pathlib.Path("a/b-draft.png"), rules) and not excluded(pathlib.Path("a/b.png"), rules)
    assert rules.most_chroma == 50 and rules.require_face


def test_colour_or_features_make_two_drawings_of_one_outline_two(weights: pathlib.Path) -> None:
    from dctnet.faces.networks import FaceRecognition

    encoder = FaceRecognition(weights)
    base = np.full((128, 128, 3), 255, np.uint8)
    y, x = np.mgrid[:128, :128]
    head = (x - 64) ** 2 + (y - 64) ** 2 < 45**2
    light, dark, repeated = base.copy(), base.copy(), base.copy()
    light[head], dark[head], repeated[head] = (230, 190, 160), (110, 70, 50), (231, 189, 161)
    seen = duplicates.Seen(0.97)
    seen.add(duplicates.fingerprint(light, None, encoder))
    assert seen.duplicate_of(duplicates.fingerprint(dark, None, encoder)) is None
    assert seen.duplicate_of(duplicates.fingerprint(repeated, None, encoder)) is not None
    assert duplicates.Seen(1.0).duplicate_of(duplicates.fingerprint(light, None, encoder)) is None
