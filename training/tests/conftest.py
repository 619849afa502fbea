import os
import pathlib
from collections.abc import Callable

import cv2
import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from dctnet import export, ground
from dctnet.faces import align
from dctnet.faces import weights as face_weights
from dctnet.ttn import Ttn

# What tests compute is small: a second thread would mostly wait for the first, and it waits by spinning, on a core that
# the other steps of `npm test` could use. The variable is for the programs that tests start.
torch.set_num_threads(1)
cv2.setNumThreads(1)
os.environ.setdefault("OMP_NUM_THREADS", "1")

TOLD: list[str] = []
ROOT = pathlib.Path(__file__).resolve().parents[2]
VGG_SHAPES = {
    "1_1": (64, 3),
    "1_2": (64, 64),
    "2_1": (128, 64),
    "2_2": (128, 128),
    "3_1": (256, 128),
    "3_2": (256, 256),
    "3_3": (256, 256),
    "3_4": (256, 256),
}


@pytest.fixture
def tell() -> Callable[[str], None]:
    """Prints a line below the tests' summary: a figure worth seeing when all is well."""
    return TOLD.append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in TOLD:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def sample() -> np.ndarray:
    """The sample portrait of the page, [512, 512, 3] uint8."""
    return np.asarray(Image.open(ROOT / "src/edge/page/sample.jpg").convert("RGB"))


@pytest.fixture(scope="session")
def weights() -> pathlib.Path:
    """The folder of the frozen networks for faces: DCTNET_WEIGHTS, or the default one, filled when it is not."""
    folder = pathlib.Path(os.environ.get("DCTNET_WEIGHTS") or ROOT / face_weights.DEFAULT)
    face_weights.fetch(folder)
    return folder


@pytest.fixture(scope="session")
def vgg_path(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """VGG19's layout with random weights: the trained ones are not ours to ship, and no test needs them."""
    rng = np.random.default_rng(0)
    arrays = {}
    for name, (outputs, inputs) in VGG_SHAPES.items():
        scale = np.sqrt(2 / (9 * inputs))
        arrays[f"conv{name}.weight"] = rng.normal(0, scale, (outputs, inputs, 3, 3)).astype(np.float32)
        arrays[f"conv{name}.bias"] = np.zeros(outputs, np.float32)
    path = tmp_path_factory.mktemp("vgg") / "vgg19.npz"
    np.savez(path, **arrays)
    return path


@pytest.fixture(scope="session")
def network() -> Ttn:
    """Untrained, and yet without anything that a mistake would not show in. Not to be changed."""
    torch.manual_seed(3)
    network = Ttn(16, 2)
    with torch.no_grad():
        network.head.weight.mul_(10)  # so that outputs span the range and clip
        for parameter in network.parameters():  # biases and residual blocks start at zero, where mistakes do not show
            parameter.add_(0.02 * torch.randn_like(parameter))
    return network.eval()


@pytest.fixture(scope="session")
def exported(network: Ttn, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The network as ONNX: PyTorch takes six seconds for one, however small. Not to be changed."""
    path = tmp_path_factory.mktemp("export") / "model.onnx"
    export.to_onnx(network, path)
    return path


def upright_face(size: int, ratio: float) -> np.ndarray:
    """[68, 2] landmarks of a face that stands in `size` pixels as `align.template` says."""
    left, right, nose, *corners = align.template(size, ratio)
    points = np.repeat(nose[None], 68, 0)
    for part, centre in ((align.LEFT_EYE, left), (align.RIGHT_EYE, right)):
        around = np.linspace(0, 2 * np.pi, 7)[:-1]
        points[part] = centre + size / 40 * np.stack([-np.cos(around), np.sin(around) / 3], 1)
    points[[48, 54]] = corners
    return points.astype(np.float32)


def portrait(index: int, drawn: bool) -> Image.Image:
    """A face of ellipses: on a coloured gradient as a photo, outlined on white paper as a drawing."""
    rng = np.random.default_rng(index)
    skin = tuple(int(v) for v in rng.integers(90, 220, 3))
    image = Image.new("RGB", (96, 96), "white")
    if not drawn:
        ramp = np.linspace(30, 160, 96).astype(np.uint8)
        image = Image.fromarray(
            np.stack([np.tile(ramp, (96, 1)), np.tile(ramp[:, None], (1, 96)), np.full((96, 96), 80, np.uint8)], -1)
        )
    draw = ImageDraw.Draw(image)
    draw.ellipse((24, 16, 72, 80), fill=skin, outline="black" if drawn else None, width=2)
    for x in (38, 56):
        draw.ellipse((x - 4, 38, x + 4, 44), fill="black")
    return image


@pytest.fixture(scope="session")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A folder with photos/ and drawings/ of eight synthetic portraits, same stems."""
    root = tmp_path_factory.mktemp("pairs")
    for kind in ("photos", "drawings"):
        (root / kind).mkdir()
        for index in range(8):
            portrait(index, kind == "drawings").save(root / kind / f"p{index}.png")
    return root


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A cache for what trainings find in `people`, filled by the first."""
    return tmp_path_factory.mktemp("packed")


@pytest.fixture(scope="session")
def people(sample: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A folder with photos/ and drawings/ of a real face, ten times in other colours, sizes and places: what needs
    faces that a detector finds. Drawings are inked and stand on white."""
    root = tmp_path_factory.mktemp("people")
    for kind in ("photos", "drawings"):
        (root / kind).mkdir()
    for index in range(10):
        rng = np.random.default_rng(index)
        left, top = rng.integers(0, 60, 2)
        colours = np.clip(sample[top : top + 420, left : left + 420] * rng.uniform(0.7, 1.1, 3), 0, 255)
        photo = Image.fromarray(colours.astype(np.uint8)).resize((256, 256))
        photo.save(root / f"photos/p{index}.png")
        drawing = ground.abstract(np.asarray(photo))
        y, x = np.mgrid[:256, :256]
        drawing[np.hypot(x - 128, y - 110) > 120] = 255
        Image.fromarray(drawing).save(root / f"drawings/p{index}.png")
    return root
