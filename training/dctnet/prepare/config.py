"""The table `[prepare]` of a style's TOML file."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Prepare:
    """When a picture is refused. Sizes and shares are of the picture as it stands upright."""

    exclude: tuple[str, ...] = ()
    """Patterns of file names that are left out without a look, such as "*_draft.png"."""
    require_face: bool = True
    """Whether an exemplar in which no face is found is refused. A style drawn too freely for a detector can still be
    trained when its faces look ahead and fill the picture alike. Photos must have a face."""
    least_pixels: int = 128
    """Of the shorter side."""
    least_face: float = 0.12
    """Share of the picture's shorter side that the largest face must span; smaller faces teach no features."""
    most_faces: int = 2
    """Faces of at least half the largest one's size; more of them make a sheet of figures or a crowd."""
    most_turned: float = 0.65
    """How far the nose tip may lie from the middle between the eyes, in their distance; beyond is a profile."""
    most_chroma: float = 0.0
    """CIE chroma of an exemplar's skin beyond which it is refused, such as 45 for yellow emoji; 0 allows any colour."""
    duplicates: float = 0.97
    """Correlation of two small gray pictures from which on they may be one; see `duplicates.py`. 1 keeps everything."""
    least_accepted: int = 20
    """Exemplars without which no style can be learned; a hundred are better."""
