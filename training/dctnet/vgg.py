"""VGG19 features up to conv3_4, for the content loss and for the evaluation."""

from __future__ import annotations

import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

LAYERS = ("1_1", "1_2", "P", "2_1", "2_2", "P", "3_1", "3_2", "3_3", "3_4")
# Per channel means of ImageNet in BGR, 0 … 255, which the weights were trained with.
MEAN_BGR = (103.939, 116.779, 123.68)


class VggError(ValueError):
    """The file holds no VGG19 that this package can use; the message says what is wrong with it."""


def _read(path: pathlib.Path) -> dict[str, NDArray[np.float32]]:
    keys = [f"conv{name}.{part}" for name in LAYERS if name != "P" for part in ("weight", "bias")]
    try:
        with np.load(path) as archive:
            return {key: archive[key] for key in keys}
    except FileNotFoundError:
        raise VggError(f"there is no file {path}; training/README.md says which weights --vgg wants") from None
    except KeyError as error:
        raise VggError(f"{path}: {error.args[0]}; expected VGG19 conv1_1 … conv3_4") from None
    except Exception as error:
        raise VggError(f"{path}: not an .npz archive of arrays ({error})") from None


class Vgg19(nn.Module):
    """Frozen VGG19. The archive holds `convB_I.weight` (OIHW) and `convB_I.bias`, float32, for a BGR input."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__()
        arrays = _read(path)
        for name in (name for name in LAYERS if name != "P"):
            for part in ("weight", "bias"):
                self.register_buffer(f"{part}{name}", torch.from_numpy(arrays[f"conv{name}.{part}"]))
        self.register_buffer("mean", torch.tensor(MEAN_BGR).view(1, 3, 1, 1))

    def forward(self, x: Tensor, taps: tuple[str, ...]) -> dict[str, Tensor]:
        """x: [N, 3, H, W] RGB in -1 … 1; returns the activations (after ReLU) named in `taps`, such as "2_2"."""
        x = (x.flip(1) + 1) * 127.5 - self.mean
        features: dict[str, Tensor] = {}
        for name in LAYERS:
            if name == "P":
                x = F.max_pool2d(x, 2)
                continue
            x = F.relu(F.conv2d(x, getattr(self, f"weight{name}"), getattr(self, f"bias{name}"), padding=1))
            if name in taps:
                features[name] = x
                if len(features) == len(taps):
                    break
        return features
