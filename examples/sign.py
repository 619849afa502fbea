import base64
import hashlib
import hmac
from urllib.parse import quote


def signed_path(options: dict[str, object], source: str, kid: str, key: str) -> str:
    """The path of a signed picture.

    options: such as {"style": "handdrawn", "width": 640, "exp": 1893456000}; a colour's "#" is written %23
    source: the photo's URL, or upload:{id}
    key: base64url, as after the colon in SIGNING_KEYS
    """
    pairs = sorted(f"{name}={value}" for name, value in {**options, "kid": kid}.items())
    text = f"/image/{','.join(pairs)}/{source}"
    secret = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
    mac = hmac.new(secret, text.encode(), hashlib.sha256).digest()
    sig = base64.urlsafe_b64encode(mac).decode().rstrip("=")
    return f"/image/{','.join(pairs)},sig={sig}/{quote(source, safe='')}"
