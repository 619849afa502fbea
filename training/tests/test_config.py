import pathlib

import pytest

from dctnet import config

STYLES = pathlib.Path(__file__).resolve().parents[1] / "styles"


@pytest.mark.parametrize("path", sorted(STYLES.glob("*.toml")), ids=lambda p: p.stem)
def test_every_style_loads_and_all_networks_of_one_hold_out_the_same(path: pathlib.Path) -> None:
    settings = config.load(path)
    assert len(set(settings.hold_out)) == len(settings.hold_out)
    assert settings.style != "handdrawn" or len(settings.hold_out) == 20
    for other in map(config.load, STYLES.glob("*.toml")):
        # A network distilled from another must not have seen, either, what that one is measured on.
        assert other.style != settings.style or other.hold_out == settings.hold_out


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "style"),
        ('style = "x"\n[train]\nstep = 3', "train.step"),
        ('style = "x"\n[train]\nsteps = "3"', "train.steps"),
        ('style = "x"\n[train]\nsteps = true', "train.steps"),
        ('style = "x"\n[train]\nsteps = 0', "train.steps"),
        ('style = "x"\n[train]\ncrop = 100', "train.crop"),
        ('style = "x"\n[gem]\ncoverage = [0.5]', "gem.coverage"),
        ('style = "x"\n[exemplars]\nhair = 1', "exemplars.hair"),
        ('style = "x"\nhold_out = "a"', "hold_out"),
        ('style = "x"\n[ccn]\nvariant = "video"', "ccn: variant"),
        ('style = "x"\n[ccn.shape]\nsize = 200', "ccn.shape: size"),
        ('style = "x"\n[ccn.adapt.loss]\nstyle = 1.0', "ccn.adapt.loss.style"),
        ("style = ", "bad.toml"),
    ],
)
def test_a_bad_file_names_what_is_wrong(tmp_path: pathlib.Path, text: str, named: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(config.ConfigError, match=named):
        config.load(path)
