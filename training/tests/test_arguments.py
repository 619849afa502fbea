"""What a command line says that makes no sense: one line, and code 2."""

import pathlib
import subprocess
import sys

import pytest

from dctnet import cli

BENCH = pathlib.Path(__file__).resolve().parents[2] / "bench"
STYLE = ["--name", "x", "--licence", "CC0", "--commercial-use", "yes", "--vgg", "no.pth"]
SHEET = ["sheet", "ttn_toon", "--photos", "no", "--out", "sheet.jpg"]


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["paint"], "invalid choice: 'paint'"),
        ([*SHEET, "--cell", "-1"], "--cell: a whole number from 16 to 4096 is wanted, not '-1'"),
        ([*SHEET, "--cell", "big"], "not 'big'"),
        ([*SHEET, "--cell", "1e9"], "not '1e9'"),
        ([*SHEET, "--models", "nowhere"], "there is no network nowhere/ttn_toon/1/model.onnx"),
        (["expression", "--minutes", "nan"], "--minutes: a number above 0, up to 1e+06, is wanted, not 'nan'"),
        (["weights", "--checkpoint", "no.pt", "--output", "x.pt"], "there is no checkpoint no.pt"),
        (
            ["ttn", "--config", "no.toml", "--photos", "no", "--exemplars", "no", "--vgg", "no.pth", "--run", "x"],
            "no.toml",
        ),
        (
            ["new-style", *STYLE, "--exemplars", "no", "--photos", "no", "--device", "tpu"],
            "--device is auto, cpu, cuda",
        ),
        (["manifest", "--models", "nowhere"], "nowhere"),
        (["fetch", "--to", f"{__file__}/weights"], "Not a directory"),
    ],
)
def test_dctnet(
    argv: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        cli.main(argv)
    assert end.value.code == 2
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last.startswith("dctnet") and sentence in last


@pytest.mark.parametrize(
    ("bench", "argv", "sentence"),
    [
        ("ttn.py", ["--rounds", "0"], "--rounds: a whole number from 1"),
        ("ttn.py", ["--sizes", "-256"], "--sizes: a whole number from 8"),
        ("gpu.py", ["--device", "cpu", "--seconds", "inf"], "--seconds: a number above 0, up to 3600"),
        ("gpu.py", ["--device", "tpu"], "--device is cuda"),
        ("gpu.py", ["--device", "cpu", "--ways", "fp8"], "invalid choice: 'fp8'"),
    ],
)
def test_benchmarks(bench: str, argv: list[str], sentence: str) -> None:
    done = subprocess.run([sys.executable, BENCH / bench, *argv], capture_output=True, text=True)
    assert done.returncode == 2
    assert sentence in done.stderr.strip().splitlines()[-1]
