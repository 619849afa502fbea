"""The regressor of eye and mouth openness: small, frozen in other trainings, with a gradient to the picture."""

from __future__ import annotations

import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..errors import DctnetError
from ..faces.layers import square

SIZE, RATIO = 112, 0.85
"""Pixels of its input, and `align.matrix`'s ratio of the crops it is trained on; 0.7 to 1 does as well."""
OUTPUTS = ("left eye", "right eye", "mouth")
WIDTHS = (16, 32, 48, 64, 80)
SHIPPED = pathlib.Path(__file__).resolve().parents[2] / "weights" / "expression.npz"
"""Beside the package, in a checkout; its README says what it was trained on."""


class ExpressionError(DctnetError):
    """The file holds no regressor."""


class Openness(nn.Module):
    """RGB face crops → openness of the left eye, the right eye and the mouth, as `align.openness` measures it."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs = 3
        for width in WIDTHS:
            layers += [
                nn.Conv2d(inputs, width, 3, 2, 1),
                nn.GroupNorm(4, width),
                nn.LeakyReLU(0.1),
                nn.Conv2d(width, width, 3, 1, 1, groups=4),
                nn.LeakyReLU(0.1),
            ]
            inputs = width
        self.features = nn.Sequential(*layers)
        # Where in the face something is seen decides which of the three it tells of: no pooling.
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(inputs * 16, 48), nn.LeakyReLU(0.1), nn.Linear(48, 3))
        self.register_buffer("mean", torch.zeros(3))
        self.register_buffer("deviation", torch.ones(3))

    def standard(self, x: Tensor) -> Tensor:
        """[N, 3, H, W] in -1 … 1 → [N, 3], in deviations from the mean of the data it was trained on."""
        # Gray carries openness; colour would only tell one style from another.
        x = square(x, SIZE)
        gray = 0.299 * x[:, :1] + 0.587 * x[:, 1:2] + 0.114 * x[:, 2:]
        x = (x - gray) * 0.25 + gray
        return self.head(self.features(x))

    def forward(self, x: Tensor) -> Tensor:
        """[N, 3, H, W] in -1 … 1, faces aligned with `RATIO` → [N, 3] openness."""
        return self.standard(x) * self.deviation + self.mean

    def loss(self, made: Tensor, photo: Tensor) -> Tensor:
        """Mean squared difference of the standardised openness of two batches of crops of the same faces. The gradient
        goes to `made` alone."""
        with torch.no_grad():
            wanted = self.standard(photo)
        return F.mse_loss(self.standard(made), wanted)


def save(network: Openness, path: pathlib.Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **{k: v.cpu().numpy().astype(np.float16) for k, v in network.state_dict().items()})


def load(path: pathlib.Path = SHIPPED) -> Openness:
    """The regressor, frozen. Raises ExpressionError."""
    network = Openness()
    try:
        with np.load(path) as archive:
            network.load_state_dict({k: torch.from_numpy(archive[k].astype(np.float32)) for k in archive.files})
    except FileNotFoundError:
        raise ExpressionError(f"there is no file {path}; `dctnet expression --output {path}` trains it") from None
    except (OSError, ValueError, RuntimeError) as error:
        raise ExpressionError(f"{path}: no expression regressor of this version ({error})") from None
    return network.eval().requires_grad_(False)
