"""VGG19 features up to conv3_4, for the content loss and for the evaluation."""

from __future__ import annotations

import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from .errors import DctnetError

LAYERS = ("1_1", "1_2", "P", "2_1", "2_2", "P", "3_1", "3_2", "3_3", "3_4")
# Per channel means of ImageNet in BGR, 0 … 255, which the weights were trained with.
MEAN_BGR = (103.939, 116.779, 123.68)
TORCHVISION_MEAN, TORCHVISION_DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class VggError(DctnetError):
    """The file holds no VGG19 that this package can use; the message says what is wrong with it."""


def _read(path: pathlib.Path) -> dict[str, NDArray[np.float32]]:
    keys = [f"conv{name}.{part}" for name in LAYERS if name != "P" for part in ("weight", "bias")]
    try:
        if path.suffix == ".pth":
            return _from_torchvision(torch.load(path, map_location="cpu", weights_only=True))
        with np.load(path) as archive:
            return {key: archive[key] for key in keys}
    except FileNotFoundError:
        raise VggError(f"there is no file {path}; training/README.md says which weights --vgg wants") from None
    except KeyError as error:
        raise VggError(f"{path}: no {error.args[0]}; expected VGG19 up to conv3_4") from None
    except Exception as error:
        raise VggError(f"{path}: neither an .npz archive of arrays nor a .pth of torchvision ({error})") from None


def _from_torchvision(state: dict[str, Tensor]) -> dict[str, NDArray[np.float32]]:
    """torchvision's VGG19 takes RGB in 0 … 1, less a mean, by a deviation: its first layer absorbs the difference.

    Exact but for the padding at the border, which is each convention's own mean colour, less than 1/255 apart.
    """
    arrays: dict[str, NDArray[np.float32]] = {}
    index = 0
    for name in LAYERS:
        if name != "P":
            for part in ("weight", "bias"):
                arrays[f"conv{name}.{part}"] = state[f"features.{index}.{part}"].float().numpy()
        index += 1 if name == "P" else 2  # a convolution is followed by its ReLU
    scale = 255 * np.array(TORCHVISION_DEVIATION, np.float32)
    weight = arrays["conv1_1.weight"] / scale[:, None, None]
    shift = np.array(MEAN_BGR[::-1], np.float32) - 255 * np.array(TORCHVISION_MEAN, np.float32)
    arrays["conv1_1.bias"] = arrays["conv1_1.bias"] + (weight.sum((2, 3)) * shift).sum(1)
    arrays["conv1_1.weight"] = np.ascontiguousarray(weight[:, ::-1])
    return arrays


class Vgg19(nn.Module):
    """Frozen VGG19, from an .npz of `convB_I.weight` (OIHW) and `convB_I.bias`, float32, for BGR in 0 … 255 less
    `MEAN_BGR`, or from torchvision's .pth. Raises VggError."""

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
