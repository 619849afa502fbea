"""Exemplars stand on white paper. Taken as they are, they teach a network to bleach every background.

Each is therefore cut out and set on the ground of a photo, redrawn by classical image abstraction
(edge-preserving smoothing, soft quantisation of lightness, difference-of-Gaussians ink lines;
Winnemöller et al. 2006), which is what the network then learns to do behind a person.
"""

from __future__ import annotations

import functools

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""[H, W, 3] RGB, 0 … 255."""

PAPER_MIN, PAPER_TOLERANCE = 240, 24
INK_BGR = (0.078, 0.086, 0.11)


def person(drawing: Picture) -> NDArray[np.bool_]:
    """True where something is drawn: everything but the near-white area connected to the border."""
    height, width = drawing.shape[:2]
    filled = np.zeros((height + 2, width + 2), np.uint8)
    scratch = drawing.copy()
    border = [(x, y) for x in range(0, width, 8) for y in (0, height - 1)]
    border += [(x, y) for y in range(0, height, 8) for x in (0, width - 1)]
    flags = cv2.FLOODFILL_FIXED_RANGE | cv2.FLOODFILL_MASK_ONLY | 4 | (255 << 8)
    tolerance = (PAPER_TOLERANCE,) * 3
    for x, y in border:
        if scratch[y, x].min() > PAPER_MIN and not filled[y + 1, x + 1]:
            cv2.floodFill(scratch, filled, (x, y), 0, tolerance, tolerance, flags)
    return filled[1:-1, 1:-1] == 0


def abstract(photo: Picture, ink: bool = True) -> Picture:
    """The photo as flat areas, with ink lines or without; best at about 512 pixels."""
    bgr = cv2.cvtColor(photo, cv2.COLOR_RGB2BGR)
    flat = cv2.edgePreservingFilter(bgr, flags=cv2.RECURS_FILTER, sigma_s=30, sigma_r=0.35)
    flat = cv2.pyrMeanShiftFiltering(flat, 8, 14, maxLevel=1)
    flat = cv2.bilateralFilter(flat, 7, 20, 5).astype(np.float32) / 255
    lab = cv2.cvtColor(flat, cv2.COLOR_BGR2LAB)
    lightness, step = lab[..., 0], 9.0
    level = np.round(lightness / step) * step
    soft = level + step / 4 * np.tanh(3 * (lightness - level) / step)
    lab[..., 0] = 0.3 * lightness + 0.7 * soft
    lab[..., 1:] *= 1.08
    painted = cv2.cvtColor(lab, cv2.COLOR_LAB2BGR).clip(0, 1)
    if not ink:
        return cv2.cvtColor((painted * 255 + 0.5).astype(np.uint8), cv2.COLOR_BGR2RGB)
    gray, sigma = cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY), 1.3
    edges = cv2.GaussianBlur(gray, (0, 0), sigma) - 0.98 * cv2.GaussianBlur(gray, (0, 0), 1.6 * sigma)
    paper = np.where(edges < 0.004, 1 + np.tanh(70 * (edges - 0.004)), 1).clip(0, 1).astype(np.float32)
    paper = cv2.GaussianBlur(paper, (0, 0), 0.6)[..., None]
    inked = painted * paper + np.float32(INK_BGR) * (1 - paper)
    return cv2.cvtColor((inked * 255 + 0.5).astype(np.uint8), cv2.COLOR_BGR2RGB)


def hatch(photo: Picture) -> Picture:
    """The photo as an engraver would: black strokes on white, the denser the darker; best at about 512 pixels."""
    gray = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    gray = cv2.bilateralFilter(gray, 7, 25, 5).astype(np.float32) / 255
    tone = cv2.createCLAHE(1.5, (4, 4)).apply((gray * 255).astype(np.uint8)).astype(np.float32) / 255
    height, width = gray.shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    # Strokes follow the form: their phase is pushed by the tone's relief.
    relief = 17 * cv2.GaussianBlur(tone, (0, 0), 6)
    paper = np.ones_like(tone)
    for angle, period, below in ((0.55, 6.0, 0.95), (-0.6, 6.3, 0.55), (1.3, 5.7, 0.3)):
        wave = np.cos(2 * np.pi * ((x * np.sin(angle) + y * np.cos(angle)) / period + relief / period))
        share = ((below - tone) / below).clip(0, 1)
        ink = 1 / (1 + np.exp(-8 * (wave - np.cos(np.pi * share * 0.85))))
        paper *= 1 - ink * (share > 0.06)
    lines = cv2.GaussianBlur(gray, (0, 0), 1.2) - 0.98 * cv2.GaussianBlur(gray, (0, 0), 2.0)
    paper *= np.where(lines < 0.004, 1 + np.tanh(60 * (lines - 0.004)), 1).clip(0, 1)
    return np.repeat((paper.clip(0, 1) * 235 + 15).astype(np.uint8)[..., None], 3, 2)


def clay(photo: Picture) -> Picture:
    """The photo as a model of clay: no strand of hair, no pore, no weave, but every edge; best at about 512 pixels."""
    bgr = cv2.cvtColor(photo, cv2.COLOR_RGB2BGR)
    smooth = cv2.edgePreservingFilter(bgr, flags=cv2.RECURS_FILTER, sigma_s=40, sigma_r=0.45)
    smooth = cv2.medianBlur(smooth, 9)
    for tolerance in (40, 30):
        smooth = cv2.bilateralFilter(smooth, 11, tolerance, 7)
    lab = cv2.cvtColor(smooth.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    # Locks stand out and shine where they are lighter than those beside them, and edges are those of a model.
    near, far = (cv2.GaussianBlur(lab[..., 0], (0, 0), sigma) for sigma in (2.5, 14))
    sharp = lab[..., 0] - cv2.GaussianBlur(lab[..., 0], (0, 0), 1.6)
    lab[..., 0] = (1.03 * lab[..., 0] + 0.9 * (near - far).clip(-8, 8) + 1.2 * sharp.clip(-8, 8)).clip(0, 100)
    lab[..., 1:] *= 1.2
    return (cv2.cvtColor(lab, cv2.COLOR_LAB2RGB).clip(0, 1) * 255 + 0.5).astype(np.uint8)


VERSION = 2
"""Of what packed grounds look like; raised when a rendering changes."""
RENDERINGS = {
    "ink": abstract,
    "flat": functools.partial(abstract, ink=False),
    "hatch": hatch,
    "clay": clay,
}


def render(photo: Picture, kind: str) -> Picture:
    """The photo as the ground behind a drawing, by one of `RENDERINGS`. Any size."""
    side = photo.shape[0]
    if side < 500:
        photo = cv2.resize(photo, (512, 512), interpolation=cv2.INTER_CUBIC)
    drawn = RENDERINGS[kind](photo)
    return drawn if side >= 500 else cv2.resize(drawn, (side, side), interpolation=cv2.INTER_AREA)


def cut(drawing: Picture) -> NDArray[np.uint8]:
    """[H, W]: 255 where the drawn person is, two pixels within the outline, else 0."""
    paper = cv2.dilate((~person(drawing)).astype(np.uint8), np.ones((5, 5), np.uint8))
    return 255 * (1 - paper)


def compose(drawing: Picture, mask: NDArray[np.uint8], behind: Picture) -> Picture:
    """The drawn person on another ground of the same size; `mask` as of `cut`.

    Multiplied outside the mask, so that soft edges carry no white fringe and the outline stays.
    """
    share = mask[..., None].astype(np.uint16)
    multiplied = behind.astype(np.uint16) * drawing // 255
    return ((share * drawing + (255 - share) * multiplied) // 255).astype(np.uint8)
