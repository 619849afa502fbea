"""Whether a person can still be told: drawings of photos, looked for among photos of others.

Distances are cosines between embeddings of an encoder that no loss of the training knows (`reader.py`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def cosines(outputs: NDArray[np.float32], gallery: NDArray[np.float32]) -> NDArray[np.float32]:
    """[N, D], [G, D] → [N, G] in -1 … 1."""
    a, b = (x / (np.linalg.norm(x, axis=1, keepdims=True) + 1e-8) for x in (outputs, gallery))
    return a @ b.T


def hits(similar: NDArray[np.float32], own: NDArray[np.int64]) -> NDArray[np.bool_]:
    """[N]: the photo most like output i, of all in the gallery, is its own, which is column own[i]. A tie is a miss."""
    rows = np.arange(len(similar))
    others = similar.copy()
    others[rows, own] = -np.inf
    return similar[rows, own] > others.max(1)


def verification(similar: NDArray[np.float32], own: NDArray[np.int64]) -> float:
    """Area under the ROC curve: how often an output with its own photo is more alike than any output with another's.

    0.5 is chance, 1 is perfect; ties count half.
    """
    rows = np.arange(len(similar))
    genuine = similar[rows, own]
    others = np.ones(similar.shape, bool)
    others[rows, own] = False
    strangers = np.sort(similar[others])
    below, up_to = (np.searchsorted(strangers, genuine, side) for side in ("left", "right"))
    return float((below + up_to).mean() / 2 / len(strangers))
