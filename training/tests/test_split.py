import pathlib
import random

from hypothesis import given
from hypothesis import strategies as st

from dctnet import split


@given(st.lists(st.integers(0, 90), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_each_folder_gives_one_photo_in_twenty_whatever_the_order(sizes: list[int], chance: random.Random) -> None:
    paths = [pathlib.Path(f"photos{f}/{n:03d}.jpg") for f, size in enumerate(sizes) for n in range(size)]
    held = split.held_out(paths)
    for folder, size in enumerate(sizes):
        assert len([p for p in held if p.parent.name == f"photos{folder}"]) == size // split.PHOTO_EVERY
    shuffled = paths.copy()
    chance.shuffle(shuffled)
    assert split.held_out(shuffled) == held <= set(paths)


def test_a_folder_keeps_its_split_when_another_joins() -> None:
    a = [pathlib.Path(f"a/{n:03d}.jpg") for n in range(50)]
    b = [pathlib.Path(f"b/{n:03d}.jpg") for n in range(30)]
    assert split.held_out(a) | split.held_out(b) == split.held_out(a + b)


def test_exemplars_are_held_out_by_name_where_the_style_names_them_and_by_rule_otherwise() -> None:
    drawings = [pathlib.Path(f"d/{n:02d}.png") for n in range(12)]
    assert {p.stem for p in split.held_out_exemplars(drawings, ("03", "07", "elsewhere"))} == {"03", "07"}
    assert {p.stem for p in split.held_out_exemplars(drawings, ())} == {"04", "09"}
