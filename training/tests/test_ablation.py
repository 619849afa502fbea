import dataclasses
import pathlib
import typing

import pytest
import torch

from dctnet import ablation, config, loop
from dctnet.errors import DctnetError

STYLE = config.Config("style", loss=config.Weights(expression=1.0))


@pytest.mark.parametrize("part", ablation.WITHOUT)
def test_a_variant_lacks_its_part_and_nothing_else(part: str) -> None:
    found = ablation.variants(STYLE, 70)
    whole, without = dataclasses.asdict(found[ablation.WHOLE]), dataclasses.asdict(found[f"without {part}"])
    changed = {
        (table, name): without[table][name]
        for table, values in whole.items()
        if isinstance(values, dict)
        for name in values
        if values[name] != without[table][name]
    }
    assert changed and not any(changed.values())
    assert whole["train"]["steps"] == without["train"]["steps"] == 70


def test_only_parts_that_a_recipe_has_are_left_out() -> None:
    assert ablation.parts_of(STYLE, True) == list(ablation.WITHOUT)
    assert "CCN" not in ablation.parts_of(STYLE, False)
    assert "R_exp" not in ablation.parts_of(dataclasses.replace(STYLE, loss=config.Weights()), True)


def test_a_part_that_there_is_not_is_named_before_anything_is_trained(tmp_path: pathlib.Path) -> None:
    paths = loop.Paths([tmp_path], tmp_path, tmp_path, tmp_path, tmp_path, tmp_path)
    with pytest.raises(DctnetError, match=r"colours.*rotation"):
        ablation.ablate(STYLE, paths, typing.cast(typing.Any, None), 1, ["colours"], torch.device("cpu"))
