"""The patch discriminator that judges texture and surface: spectral norm, ~287,000 parameters."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm


class PatchDiscriminator(nn.Module):
    """[N, channels, H, W] in -1 … 1 → one logit for every 8×8 patch, [N, 1, H/8, W/8]."""

    def __init__(self, channels: int, width: int = 32) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs = channels
        for outputs in (width, 2 * width, 4 * width):
            layers += [spectral_norm(nn.Conv2d(inputs, outputs, 3, 2, 1)), nn.LeakyReLU(0.2, inplace=True)]
            layers += [spectral_norm(nn.Conv2d(outputs, outputs, 3, 1, 1)), nn.LeakyReLU(0.2, inplace=True)]
            inputs = outputs
        layers.append(spectral_norm(nn.Conv2d(inputs, 1, 1)))
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)
