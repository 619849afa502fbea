"""Exemplars stand on white paper. Taken as they are, they teach a network to bleach every background.

Each is therefore cut out and set on the ground of a photo, redrawn by classical image abstraction
(edge-preserving smoothing, soft quantisation of lightness, difference-of-Gaussians ink lines;
Winnemöller et al. 2006), which is what the network then learns to do behind a person.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""[H, W, 3] RGB, 0 … 255."""

TONE_SIGMA = 40.0
"""Pixels at 512: about half a face, so that what is evened out is skin and hair, never a line or a fold."""
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


def abstract(photo: Picture) -> Picture:
    """The photo as flat areas with ink lines; best at about 512 pixels."""
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
    gray, sigma = cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY), 1.3
    edges = cv2.GaussianBlur(gray, (0, 0), sigma) - 0.98 * cv2.GaussianBlur(gray, (0, 0), 1.6 * sigma)
    paper = np.where(edges < 0.004, 1 + np.tanh(70 * (edges - 0.004)), 1).clip(0, 1).astype(np.float32)
    paper = cv2.GaussianBlur(paper, (0, 0), 0.6)[..., None]
    inked = painted * paper + np.float32(INK_BGR) * (1 - paper)
    return cv2.cvtColor((inked * 255 + 0.5).astype(np.uint8), cv2.COLOR_BGR2RGB)


def retone(drawing: Picture, photo: Picture, share: float) -> Picture:
    """The drawing with the lightness that the photo has around each place of the person; ink and chroma stay.

    share 0 = as drawn, 1 = as light as the photo. CIE L* is scaled, by 0.5 … 2 at most, so black stays black.
    """
    mask = person(drawing).astype(np.float32)

    def around(lightness: NDArray[np.float32]) -> NDArray[np.float32]:
        blurred = cv2.GaussianBlur(lightness * mask, (0, 0), TONE_SIGMA)
        return blurred / (cv2.GaussianBlur(mask, (0, 0), TONE_SIGMA) + 1e-3)

    lab = cv2.cvtColor(drawing.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    wanted = cv2.cvtColor(photo.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[..., 0]
    # The 3 keeps the ratio of two near-blacks from meaning anything.
    gain = ((around(wanted) + 3) / (around(lab[..., 0]) + 3)).clip(0.5, 2) ** share
    lab[..., 0] = np.where(mask > 0, (lab[..., 0] * gain).clip(0, 100), lab[..., 0])
    return (cv2.cvtColor(lab, cv2.COLOR_LAB2RGB).clip(0, 1) * 255 + 0.5).astype(np.uint8)


def compose(drawing: Picture, ground: Picture) -> Picture:
    """The drawn person on another ground of the same size.

    Multiplied within two pixels of the paper, so that soft edges carry no white fringe.
    """
    paper = cv2.dilate((~person(drawing)).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    multiplied = (ground.astype(np.uint16) * drawing // 255).astype(np.uint8)
    return np.where(paper[..., None], multiplied, drawing)
