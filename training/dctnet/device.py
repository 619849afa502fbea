"""Where tensors live."""

from __future__ import annotations

import torch


def choose(name: str) -> torch.device:
    """`auto` is CUDA where there is a GPU; anything else is PyTorch's own name of a device."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)
