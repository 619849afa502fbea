"""DCT-Net in PyTorch: networks that redraw portraits in the style of about a hundred exemplars."""

__version__ = "0.1.0"
