import pathlib

import numpy as np
import pytest
import torch

from dctnet import data
from dctnet.evaluation import gap
from dctnet.evaluation import pairs as on_pairs
from dctnet.vgg import Vgg19


def test_the_photo_itself_keeps_all_content_and_colour_and_has_the_whole_gap(
    pairs: pathlib.Path, vgg_path: pathlib.Path
) -> None:
    figures = on_pairs.HeldOut(Vgg19(vgg_path), pairs / "photos", pairs / "drawings", ("p0", "p1", "p2"), 256).evaluate(
        lambda photo: photo
    )
    assert figures.count == 3 and figures.content == pytest.approx(0, abs=1e-6)
    assert figures.gap == pytest.approx(1, abs=1e-3)
    assert figures.chroma_inside == pytest.approx(0, abs=1e-3) and figures.drawing_chroma_inside >= 0
    assert figures.lightness_inside == pytest.approx(0, abs=1e-3)


def test_a_bleached_output_moves_content_and_colour(pairs: pathlib.Path, vgg_path: pathlib.Path) -> None:
    figures = on_pairs.HeldOut(Vgg19(vgg_path), pairs / "photos", pairs / "drawings", ("p0", "p1"), 256).evaluate(
        lambda photo: np.full_like(photo, 255)
    )
    assert figures.content > 0.1 and figures.chroma_outside > 5 and figures.lightness_inside > 5


def test_mmd_is_small_for_one_distribution_and_large_for_two() -> None:
    generator = torch.Generator().manual_seed(0)
    a, b = torch.randn(60, 20, generator=generator), torch.randn(60, 20, generator=generator)
    assert abs(gap.mmd(a, b)) < 0.1 * gap.mmd(a, b + 2)


def test_a_name_without_a_drawing_is_named(pairs: pathlib.Path, vgg_path: pathlib.Path) -> None:
    with pytest.raises(data.DataError, match="nobody"):
        on_pairs.HeldOut(Vgg19(vgg_path), pairs / "photos", pairs / "drawings", ("nobody", "p1"))
