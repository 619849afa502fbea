"""The texture translation network, the only one of DCT-Net's three modules that runs at inference."""

from .network import STRIDE, Residual, Ttn

__all__ = ["STRIDE", "Residual", "Ttn"]
