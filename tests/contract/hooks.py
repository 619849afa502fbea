"""Data that must be real for a request to get anywhere: a photo, a style that there is, a time to come.

Only of requests that are valid by the document: the others are there to be refused.
"""

import json
import os
import struct
import zlib

import schemathesis
from hypothesis import strategies as st

STYLES = ["engraving", "3d", "toon", "handdrawn"]
# Ids of things that are there, by the operation that reads them.
REAL = json.loads(os.environ["STYLEGATE_REAL"])
OWN_KEY = os.environ["STYLEGATE_KEY_ID"]


def png(grey: int) -> bytes:
    """A picture that can be drawn: 48 × 48 pixels of one grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    header = struct.pack(">IIBBBBB", 48, 48, 8, 0, 0, 0, 0)
    rows = (b"\0" + bytes([grey]) * 48) * 48
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


PHOTOS = st.integers(0, 255).map(png)
for media_type in ["image/*", "application/octet-stream", "application/offset+octet-stream"]:
    schemathesis.openapi.media_type(media_type, PHOTOS | st.binary(max_size=64))


@schemathesis.hook
def before_call(context, case, kwargs):
    spare_own_key(case)
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    operation = case.operation.definition.raw.get("operationId")
    # A sequence has ids of its own, from one answer to the next request.
    if operation in REAL and case.meta.phase.name.value != "stateful":
        case.path_parameters["id"] = REAL[operation]
    # Of other bytes than these: with one of them nothing would ever be stored.
    for name in ["Repr-Digest", "Content-Digest", "Upload-Checksum"]:
        (case.headers or {}).pop(name, None)
    sense = SENSE.get(operation)
    if sense and isinstance(case.body, dict):
        sense(case.body)


def spare_own_key(case) -> None:
    """The key that asks must not revoke itself: everything after that would be 401."""
    if (case.path_parameters or {}).get("id") == OWN_KEY:
        case.path_parameters["id"] = "key_000000000000"


def stylization(body: dict) -> None:
    if "source" in body:
        body["source"] = "upload:" + REAL["getUpload"]
    if body.get("labels"):
        body["labels"] = {"order": "77"}
    if "request" in body:  # of a form
        body["request"] = '{"outputs":[{"style":"toon"}]}'
    for output in body.get("outputs", []):
        output["style"] = known(output["style"])
        output.pop("version", None)
        output.pop("dpr", None)  # a side that it multiplies may become too long
        for side in {"width", "height"} & output.keys():  # an area has a limit, too
            output[side] = min(output[side], 1000)


def upload(body: dict) -> None:
    if "source" in body:
        body["source"] = "https://photos.example.com/png?width=64&height=64"


def key(body: dict) -> None:
    for name, value in [("sources", "photos.example.com"), ("webhooks", "app.example.com")]:
        if body.get(name):
            body[name] = [value]
    if body.get("styles"):
        body["styles"] = [known(style) for style in body["styles"]]
    if body.get("expiresAt"):
        body["expiresAt"] = "2099-01-31T00:00:00Z"


def purge(body: dict) -> None:
    body["sources"] = ["https://photos.example.com/me.jpg"] if body.get("sources") else []
    body["styles"] = [known(style) for style in body.get("styles", [])[:30]]
    body["tags"] = body.get("tags", [])[:30] or ["team"]


SENSE = {
    "createStylization": stylization,
    "createUpload": upload,
    "createKey": key,
    "changeKey": key,
    "purge": purge,
}


def known(style: str) -> str:
    return STYLES[len(style) % len(STYLES)]
