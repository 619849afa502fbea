"""Where tensors live."""

from __future__ import annotations

import torch

from .errors import DctnetError


class DeviceError(DctnetError):
    """PyTorch knows no such device, or this machine has none."""


def choose(name: str) -> torch.device:
    """`auto` is CUDA where there is a GPU; anything else is PyTorch's own name of a device."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise DeviceError(f"--device is auto, cpu, cuda or one such as cuda:1, not {name!r} here: {reason}") from None
    return device
