import concurrent.futures
import dataclasses
import itertools
import pathlib

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from dctnet import config, data, ground
from dctnet.batches import Batch, Batches, prefetched

SETTINGS = config.Config("test", hold_out=("p1",), train=config.Train(steps=10, batch=4, crop=64))


CPU = torch.device("cpu")


def same(a: Batch, b: Batch) -> bool:
    return all(torch.equal(x, y) for x, y in zip(vars(a).values(), vars(b).values(), strict=True))


def load(people: pathlib.Path, weights: pathlib.Path, cache: pathlib.Path) -> data.Pictures:
    return data.load(SETTINGS, [people / "photos"], people / "drawings", weights, cache)


@pytest.fixture
def cache(packed: pathlib.Path) -> pathlib.Path:
    return packed


def test_held_out_names_are_not_trained_on(people: pathlib.Path, weights: pathlib.Path, cache: pathlib.Path) -> None:
    found = load(people, weights, cache)
    assert 1 not in found.usable_exemplars and len(found.usable_exemplars) == 9 and 1 not in found.nearest


def test_one_photo_in_twenty_is_not_trained_on(tmp_path: pathlib.Path) -> None:
    for index in range(40):
        Image.new("RGB", (40, 40)).save(tmp_path / f"{index:02}.png")
    found = data.load_photos([tmp_path], tmp_path / "cache")
    assert len(found.photos) == 40 and sorted(set(range(40)) - set(found.usable.tolist())) == [19, 39]


def test_the_second_load_reads_the_packed_file(
    people: pathlib.Path, weights: pathlib.Path, cache: pathlib.Path
) -> None:
    first = load(people, weights, cache)
    times = {p: p.stat().st_mtime_ns for p in cache.iterdir()}
    second = load(people, weights, cache)
    assert {p: p.stat().st_mtime_ns for p in cache.iterdir()} == times
    assert np.array_equal(first.exemplars, second.exemplars)


def test_of_loads_beside_each_other_one_reads_and_the_others_wait(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for index in range(40):
        Image.new("RGB", (40, 40), (index, 0, 0)).save(tmp_path / f"{index:02}.png")
    reads: list[str] = []
    read = data.read
    monkeypatch.setattr(data, "read", lambda path, size: reads.append(path.name) or read(path, size))
    with concurrent.futures.ThreadPoolExecutor(4) as others:
        found = list(others.map(lambda _: data.load_photos([tmp_path], tmp_path / "cache").photos, range(4)))
    assert len(reads) == 40
    for photos in found:
        assert photos[:, 0, 0, 0].tolist() == list(range(40))


def test_a_batch_depends_on_seed_and_number_alone(
    people: pathlib.Path, weights: pathlib.Path, cache: pathlib.Path
) -> None:
    pictures = load(people, weights, cache)
    whole, resumed = Batches(pictures, SETTINGS, 0, CPU), Batches(pictures, SETTINGS, 6, CPU)
    for made, again in zip(list(prefetched(whole))[6:], prefetched(resumed), strict=True):
        assert same(made, again)


def test_several_processes_see_the_batches_that_one_would(
    people: pathlib.Path, weights: pathlib.Path, cache: pathlib.Path
) -> None:
    pictures = load(people, weights, cache)

    def batches(accumulate: int, rank: int, size: int) -> list[Batch]:
        settings = dataclasses.replace(SETTINGS, train=config.Train(steps=2, batch=2, crop=64, accumulate=accumulate))
        return list(prefetched(Batches(pictures, settings, 0, CPU, rank, size)))

    alone, shared = batches(4, 0, 1), [batches(2, rank, 2) for rank in range(2)]
    together = [shared[rank][2 * step + index] for step in range(2) for index in range(2) for rank in range(2)]
    assert all(same(a, b) for a, b in zip(alone, together, strict=True))
    assert not any(same(a, b) for a, b in itertools.combinations(alone, 2))


def test_a_photo_with_a_face_has_a_drawing_of_it(
    people: pathlib.Path, weights: pathlib.Path, cache: pathlib.Path
) -> None:
    pictures = load(people, weights, cache)
    batch = Batches(pictures, SETTINGS, 0, CPU)[0]
    assert batch.photos.shape == batch.targets.shape == batch.exemplars.shape == (4, 3, 64, 64)
    assert batch.photos.is_contiguous(memory_format=torch.channels_last)
    assert batch.weights.shape == (4, 1, 64, 64) and 0.25 < batch.weights.min() < batch.weights.max() <= 1
    assert (batch.targets - batch.photos).abs().amax((1, 2, 3)).gt(0.1).all()
    assert batch.landmarks.shape == (4, 68, 2) and not batch.landmarks.isnan().any()


def test_a_fitted_drawing_takes_the_photos_colours_as_far_as_the_style_says(
    people: pathlib.Path, weights: pathlib.Path, cache: pathlib.Path
) -> None:
    pictures = load(people, weights, cache)

    def apart(share: float) -> float:
        settings = dataclasses.replace(SETTINGS, exemplars=config.Exemplars(tone=share, colour=share))
        batches = [Batches(pictures, settings, 0, CPU)[index] for index in range(3)]
        # Of the faces: around them the ground is drawn over what another person wears.
        return sum(((b.targets - b.photos) * (b.weights > 0.9)).mean((2, 3)).abs().sum().item() for b in batches)

    assert apart(1.0) < 0.8 * apart(0.0)


def test_around_a_fitted_head_the_ground_is_as_it_is(
    people: pathlib.Path, weights: pathlib.Path, cache: pathlib.Path
) -> None:
    pictures = load(people, weights, cache)
    # Black heads on white paper, on white grounds: what is between black and white is a head's edge, or a halo.
    heads = np.array(pictures.exemplars)
    heads[..., :3] = np.where(heads[..., 3:] > 0, 20, 255)
    white = dataclasses.replace(pictures, exemplars=heads, grounds=np.full_like(pictures.grounds, 255))
    upright = dataclasses.replace(
        SETTINGS, gem=config.Gem(coverage=(1.0, 1.0), rotation=0.0, any_rotation_share=0.0, hue_share=0.0)
    )
    targets = Batches(white, upright, 0, torch.device("cpu"))[0].targets.mean(1)
    gray = ((targets > -0.6) & (targets < 0.9)).float().mean()
    dark = (targets <= -0.6).float().mean()
    assert dark > 0.05 and gray < 0.2


def test_without_hair_a_fitted_drawing_ends_at_the_face(
    people: pathlib.Path, weights: pathlib.Path, cache: pathlib.Path
) -> None:
    pictures = load(people, weights, cache)
    black = np.array(pictures.exemplars)
    black[..., :3], black[..., 3] = 0, 255
    pictures = dataclasses.replace(pictures, exemplars=black, grounds=np.full_like(pictures.grounds, 255))
    upright = config.Gem(coverage=(1.0, 1.0), rotation=0.0, any_rotation_share=0.0, hue_share=0.0)

    def drawn(hair: bool) -> tuple[torch.Tensor, torch.Tensor]:
        exemplars = config.Exemplars(hair=hair, tone=0.0, colour=0.0)
        batch = Batches(pictures, dataclasses.replace(SETTINGS, gem=upright, exemplars=exemplars), 0, CPU)[0]
        return (batch.targets.mean(1) < 0), batch.landmarks

    (head, landmarks), (face, _) = drawn(True), drawn(False)
    assert 0.1 < face.float().sum() / head.float().sum() < 0.6
    rows = torch.arange(64)[:, None].expand(64, 64)
    for mask, points in zip(face, landmarks, strict=True):
        assert rows[mask].min() > points[17:27, 1].min() - 2, "nothing above the brows"
        assert mask[int(points[30, 1]), int(points[30, 0])], "the nose"


def test_where_no_face_was_found_the_photo_is_all_there_is(
    people: pathlib.Path, weights: pathlib.Path, cache: pathlib.Path
) -> None:
    pictures = load(people, weights, cache)
    faceless = dataclasses.replace(pictures, photo_landmarks=np.full_like(pictures.photo_landmarks, np.nan))
    batch = Batches(faceless, SETTINGS, 0, CPU)[0]
    assert not batch.weights.any() and torch.equal(batch.targets, batch.photos) and batch.landmarks.isnan().all()


@pytest.fixture
def samples(tmp_path: pathlib.Path) -> pathlib.Path:
    """What the CCN would write: gray sources, and targets that are the sources in red."""
    folder = tmp_path / "samples"
    folder.mkdir()
    rng = np.random.default_rng(0)
    shades = np.repeat(rng.integers(60, 200, (6, 8, 8, 1), np.uint8), 3, 3)
    sources = np.stack([cv2.resize(shade, (72, 72), interpolation=cv2.INTER_CUBIC) for shade in shades])
    np.save(folder / "sources.npy", sources)
    np.save(folder / "targets.npy", sources * np.array([1, 0, 0], np.uint8))
    np.save(folder / "landmarks.npy", rng.uniform(20, 50, (6, 68, 2)).astype(np.float32))
    return folder


def test_calibrated_pairs_take_their_share_of_targets_and_of_what_critics_see(
    people: pathlib.Path, weights: pathlib.Path, cache: pathlib.Path, samples: pathlib.Path
) -> None:
    found = dataclasses.replace(load(people, weights, cache), samples=data.Samples.load(samples))

    def shares(share: float) -> tuple[float, float]:
        settings = dataclasses.replace(
            SETTINGS, exemplars=config.Exemplars(samples=share), gem=config.Gem(hue_share=0.0)
        )
        batches = list(prefetched(Batches(found, settings, 0, CPU)))
        red = lambda x: (x[:, 1:].amax((1, 2, 3)) < -0.95).float()  # noqa: E731
        for batch in batches:
            of_ccn = red(batch.targets).bool()
            assert (batch.weights[of_ccn] == 1).all() and not batch.landmarks[of_ccn].isnan().any()
            assert (batch.targets[of_ccn, 0] - batch.photos[of_ccn, 1]).abs().max() < 0.02 if of_ccn.any() else True
        return tuple(
            torch.cat([red(getattr(b, name)) for b in batches]).mean().item() for name in ("targets", "exemplars")
        )

    assert shares(1.0) == (1.0, 1.0)
    targets, real = shares(0.3)
    assert 0.1 < targets < 0.55 and 0.1 < real < 0.7
    # Without samples nothing is drawn for them, so batches stay what they were.
    plain = dataclasses.replace(SETTINGS, exemplars=config.Exemplars(samples=0.9))
    none = dataclasses.replace(found, samples=None)
    assert same(Batches(none, plain, 0, CPU)[2], Batches(none, SETTINGS, 0, CPU)[2])


def test_half_written_samples_are_refused(samples: pathlib.Path) -> None:
    np.save(samples / "targets.npy", np.zeros((5, 72, 72, 3), np.uint8))
    with pytest.raises(data.DataError, match="belong together"):
        data.Samples.load(samples)
    (samples / "targets.npy").unlink()
    with pytest.raises(data.DataError, match=r"targets\.npy"):
        data.Samples.load(samples)


@pytest.mark.parametrize("missing", ["photos", "exemplars"])
def test_a_missing_folder_is_named(
    people: pathlib.Path, weights: pathlib.Path, tmp_path: pathlib.Path, missing: str
) -> None:
    folders = {"photos": people / "photos", "exemplars": people / "drawings"}
    folders[missing] = tmp_path / "nowhere"
    with pytest.raises(data.DataError, match=f"{missing}.*nowhere"):
        data.load(SETTINGS, [folders["photos"]], folders["exemplars"], weights, tmp_path)


def test_drawings_without_a_face_are_refused(
    people: pathlib.Path, weights: pathlib.Path, cache: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "blank").mkdir()
    for index in range(5):
        Image.new("RGB", (200, 200), (index, 90, 30)).save(tmp_path / f"blank/{index}.png")
    with pytest.raises(data.DataError, match="no face"):
        data.load(SETTINGS, [people / "photos"], tmp_path / "blank", weights, cache)


def test_a_broken_picture_is_named(tmp_path: pathlib.Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    with pytest.raises(data.DataError, match=r"broken\.jpg"):
        data.read(tmp_path / "broken.jpg", 64)


def test_the_person_is_what_is_drawn_and_white_inside_stays_person() -> None:
    drawing = np.full((80, 80, 3), 255, np.uint8)
    cv2.circle(drawing, (40, 40), 25, (10, 10, 10), 3)
    mask = ground.person(drawing)
    assert mask[40, 40] and mask[40, 15] and not mask[2, 2] and not mask[40, 5]


def test_a_drawing_on_a_ground_has_no_white_fringe() -> None:
    drawing = np.full((160, 160, 3), 255, np.uint8)
    cv2.circle(drawing, (80, 80), 50, (40, 30, 30), -1, cv2.LINE_AA)
    composed = ground.compose(drawing, ground.cut(drawing), np.full((160, 160, 3), (60, 90, 120), np.uint8))
    assert composed.max() <= 120 and tuple(composed[80, 80]) == (40, 30, 30) and tuple(composed[3, 3]) == (60, 90, 120)


def test_abstraction_keeps_colours_and_removes_texture() -> None:
    rng = np.random.default_rng(1)
    photo = np.clip(np.array([60, 120, 170]) + rng.normal(0, 9, (128, 128, 3)), 0, 255).astype(np.uint8)
    flat = ground.abstract(photo)
    assert flat.std(axis=(0, 1)).mean() < 0.5 * photo.std(axis=(0, 1)).mean()
    assert np.abs(flat.mean((0, 1)) - photo.mean((0, 1))).max() < 16


def test_clay_has_no_grain_but_edges_and_keeps_its_colours() -> None:
    rng = np.random.default_rng(4)
    photo = np.full((512, 512, 3), (90, 60, 40), np.uint8)
    photo[:, 256:] = (200, 170, 150)
    grained = np.clip(photo + rng.normal(0, 12, photo.shape), 0, 255).astype(np.uint8)
    found = ground.clay(grained).astype(float)
    inside = found[64:448, 40:200]
    assert inside.std((0, 1)).max() < 3
    assert np.abs(inside.mean((0, 1)) - photo[0, 0]).max() < 14
    across = found[256, 240:272].mean(1)
    assert np.ptp(across[12:20]) > 0.8 * np.ptp(across)


def test_hatching_is_denser_where_it_is_darker_and_has_no_colour() -> None:
    photo = np.repeat(np.tile(np.linspace(20, 240, 512).astype(np.uint8), (512, 1))[..., None], 3, 2)
    photo[..., 0] //= 2
    drawn = ground.hatch(photo)
    columns = drawn[..., 0].mean(0).reshape(8, 64).mean(1)
    assert (np.diff(columns) > 0).all() and columns[-1] > 200 and columns[0] < 100
    assert np.array_equal(drawn[..., 0], drawn[..., 1]) and drawn[:, 200:300].std() > 40


@pytest.mark.parametrize("kind", ground.RENDERINGS)
def test_every_ground_has_the_photos_size(kind: str) -> None:
    photo = np.random.default_rng(0).integers(0, 255, (96, 96, 3), np.uint8)
    assert ground.render(photo, kind).shape == photo.shape
