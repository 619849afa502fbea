import json
import pathlib

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from conftest import portrait
from PIL import Image
from test_evaluation_figures import points

from dctnet import cli, config, data, split
from dctnet.evaluation import page, photos, report, sheet, style, summary
from dctnet.evaluation.photos import Frame
from dctnet.evaluation.style import Evaluation, Inputs
from dctnet.faces import regions
from dctnet.faces.locate import Face

FACE = (points() - 150) * np.float32(1.1) + 256
BOX = np.array([120, 110, 400, 400], np.float32)


class Anywhere:
    """A reader that sees the same face in every picture but a blank one, and knows people by their colours."""

    def faces(self, picture: np.ndarray) -> list[Face]:
        scale = np.float32(picture.shape[0] / 512)
        return [Face(BOX * scale, 0.9, FACE * scale, 1.0)] if picture.std() > 4 else []

    def embedding(self, picture: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
        small = np.asarray(Image.fromarray(picture).resize((6, 6), Image.Resampling.BOX), np.float32)
        return small.ravel() - small.mean()

    def age(self, picture: np.ndarray, landmarks: np.ndarray) -> float:
        return float(picture[256, 256, 0] % 70)


class SmallVgg(torch.nn.Module):
    """Three taps of random filters, in a hundredth of VGG19's time."""

    def forward(self, x: torch.Tensor, taps: tuple[str, ...]) -> dict[str, torch.Tensor]:
        generator = torch.Generator().manual_seed(0)
        found = {}
        for tap in taps:
            x = F.relu(F.conv2d(x, torch.randn(8, x.shape[1], 3, 3, generator=generator) / 5, padding=1))
            x = F.avg_pool2d(x, 4 if len(found) == 0 else 2)
            found[tap] = x
        return found


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """240 photos, of which every twentieth is held out, and 40 drawings, of which every fifth is."""
    root = tmp_path_factory.mktemp("style")
    for kind, count in (("photos", 240), ("drawings", 40)):
        (root / kind).mkdir()
        for index in range(count):
            portrait(index, kind == "drawings").save(root / kind / f"{index:03d}.png")
    return root


def drawn(picture: np.ndarray) -> np.ndarray:
    """Posterised, which is half-way to a drawing; the ground stays."""
    return (picture // 64 * 64 + 32).astype(np.uint8)


def blank(picture: np.ndarray) -> np.ndarray:
    return np.full_like(picture, 255)


@pytest.fixture(scope="module")
def evaluation(folders: pathlib.Path) -> Evaluation:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(style, "TURNED", 1)
        patch.setattr(summary, "DRAWS", 40)
        inputs = Inputs(
            folders / "drawings", SmallVgg(), Anywhere(), (folders / "photos",), with_glasses=frozenset({"photos/019"})
        )
        found = Evaluation(config.Config("mine"), inputs)
        found.add("ttn_mine", drawn)
        found.add("ttn_mine_int8", drawn)
        found.add("ttn_mine_blank", blank)
        return found


def test_only_photos_and_exemplars_that_training_never_saw_are_measured_on(evaluation: Evaluation) -> None:
    found = evaluation.report
    assert [s.name for s in found.subjects] == [f"photos/{index:03d}" for index in range(19, 240, 20)]
    assert found.held == 40 // split.EXEMPLAR_EVERY and found.seen == 40 - found.held
    assert found.others == min(photos.OTHERS, 228) and found.without_face == []


def test_an_untouched_photo_has_all_of_the_gap_and_keeps_everything_else(evaluation: Evaluation) -> None:
    figures = {key: valued.value for key, valued in evaluation.report.references["untouched photo"].figures.items()}
    assert figures["style_gap"] == 1 and figures["content"] == 0 and figures["jitter"] == 0
    assert figures["rank1"] == figures["verification"] == figures["redetected"] == 1
    assert figures["chroma_inside"] == figures["bleached"] == figures["landmark_error"] == 0


def test_exemplars_lie_at_about_none_of_the_gap(evaluation: Evaluation) -> None:
    valued = evaluation.report.references["exemplars"].figures["style_gap"]
    assert valued.low < 0.1 and abs(valued.value) < 0.3


def test_a_network_that_bleaches_everything_is_found_out(evaluation: Evaluation) -> None:
    result = evaluation.report.networks["ttn_mine_blank"]
    figures = {key: valued.value for key, valued in result.figures.items()}
    assert figures["bleached"] > 0.9 and figures["redetected"] == 0 and figures["rank1"] < 0.5
    assert figures["lightness_inside"] > 5 and np.isnan(figures["landmark_error"])
    assert result.failures == [subject.name for subject in evaluation.report.subjects]
    assert result.rotation is not None and set(result.rotation.redetected) == {0.0}


def test_the_same_network_again_keeps_the_whole_improvement_and_changes_nothing(evaluation: Evaluation) -> None:
    again = evaluation.report.networks["ttn_mine_int8"]
    kept = again.keeps["style_gap"]
    assert (kept.value, kept.low, kept.high) == (1, 1, 1) and again.psnr == (float("inf"),) * 2
    full = evaluation.report.networks["ttn_mine"]
    for key, valued in full.figures.items():
        assert again.figures[key].value == pytest.approx(valued.value, nan_ok=True)


def test_slices_part_the_subjects_of_whom_it_is_known(evaluation: Evaluation) -> None:
    subjects = evaluation.report.subjects
    for parts in summary.groups(subjects).values():
        assert (np.sum(list(parts.values()), 0) == 1).all()
    assert summary.groups(subjects)["glasses"]["with"].sum() == 1
    unknown = photos.look([], Anywhere(), Frame())[0]
    assert unknown == []


def test_the_report_is_json_and_markdown_and_says_nothing_of_where_it_ran(
    evaluation: Evaluation, tmp_path: pathlib.Path
) -> None:
    paths = report.write(evaluation.report, tmp_path)
    content = json.loads(paths[0].read_text("utf8"))
    assert content["networks"]["ttn_mine"]["figures"]["style_gap"].keys() == {"value", "low", "high"}
    assert content["networks"]["ttn_mine_blank"]["figures"]["landmark_error"]["value"] is None
    text = paths[1].read_text("utf8")
    assert "style gap" in text and "Against the full network" in text and "Slices: ttn_mine" in text
    assert str(tmp_path.parent.parent) not in text + paths[0].read_text("utf8")


def test_the_page_and_the_contact_sheet_show_every_network_and_photo(
    evaluation: Evaluation, tmp_path: pathlib.Path
) -> None:
    found = evaluation.report
    whole = sheet.sheet(found.subjects, found.networks["ttn_mine"].outputs)
    assert whole.size == (10 * sheet.CELL, 2 * 2 * sheet.CELL)
    pytest.importorskip("matplotlib")
    page.save(found, tmp_path / "page.png")
    assert Image.open(tmp_path / "page.png").width > 1000


def test_the_card_gets_one_number_for_each_name(evaluation: Evaluation) -> None:
    figures = report.card_figures(evaluation.report, "ttn_mine_int8")
    assert figures["keeps_style_gap"] == 1 and figures["photos"] == 12 and figures["size"] == 512
    assert figures["style_gap_low"] <= figures["style_gap"] <= figures["style_gap_high"]


def test_a_frame_brings_the_eyes_where_the_exemplars_have_them() -> None:
    frame = Frame.of([FACE / 512 * 256] * 6, 256)
    wider = FACE * np.float32(0.5) + 128
    moved = wider @ frame.matrix(wider, 512)[:, :2].T + frame.matrix(wider, 512)[:, 2]
    assert moved[36] == pytest.approx(FACE[36], abs=1) and moved[45] == pytest.approx(FACE[45], abs=1)


def test_the_person_holds_the_face_and_shoulders_but_not_the_corners() -> None:
    mask = photos.person(FACE, 512)
    assert all(mask[round(y), round(x)] for x, y in FACE)
    assert mask[511, 256] and not mask[:40, :40].any() and not mask[:40, -40:].any()
    skin = regions.cheeks(FACE, 512)
    assert skin.sum() > 200 and not (skin & ~mask).any()


def test_photos_are_taken_from_every_folder_before_more_from_a_large_one() -> None:
    paths = [pathlib.Path(f"{name}/{i:03d}.jpg") for name, size in (("a", 6), ("b", 80)) for i in range(size)]
    chosen = photos.spread(paths, 20)
    assert len(chosen) == 20 and sum(path.parent.name == "a" for path in chosen) == 6


def test_too_few_photos_are_refused(tmp_path: pathlib.Path) -> None:
    for index in range(39):
        portrait(index, False).save(tmp_path / f"{index}.png")
    with pytest.raises(data.DataError, match=r"39 are there.*bring 40"):
        photos.chosen([tmp_path])
    portrait(39, False).save(tmp_path / "last.png")
    subjects, others = photos.chosen([tmp_path])
    assert len(subjects) == 2 and len(others) == 38


@pytest.mark.parametrize(("options", "height"), [([], 32), (["--drawings-only"], 16)])
def test_a_sheet_shows_every_held_out_photo(tmp_path: pathlib.Path, options: list[str], height: int) -> None:
    (tmp_path / "photos").mkdir()
    for index in range(40):
        Image.new("RGB", (64, 64), (index * 6, 90, 120)).save(tmp_path / f"photos/{index:02}.png")
    models, out = pathlib.Path(__file__).resolve().parents[2] / "models", tmp_path / "sheet.png"
    paths = ["--photos", str(tmp_path / "photos"), "--models", str(models), "--out", str(out)]
    cli.main(["sheet", "ttn_engraving_edge", *paths, "--cell", "16", *options])
    with Image.open(out) as sheet:
        assert sheet.size == (160, height)
        assert sheet.getpixel((40, 4)) == (255, 255, 255), "two photos of forty are held out"
        assert sheet.getpixel((4, height - 4)) != (255, 255, 255)
