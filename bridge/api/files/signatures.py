"""
Signed addresses of files: a browser's ``<img>`` cannot send a token, so the address itself says that it may.

The expiry is rounded up, so that a file has one address for hours and browsers and proxies can keep it.
"""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Callable
from urllib.parse import quote

from bridge.config import Config, FilesConfig
from bridge.errors import NotFound

EXPIRY = "e"
SIGNATURE = "s"
THUMBNAIL = "thumbnail"

EXPIRY_DIGITS = 12


class FileAddresses:
    """
    Makes the address of a file; a ``chat.files.FileAddress``.

    Each one holds for ``files.address_lifetime_s`` at least, and for half as long again at most.
    """

    def __init__(self, config: Config, now_s: Callable[[], float] = time.time) -> None:
        self._files = config.files
        self._base = f"{config.server.public_url.rstrip('/')}/api/chat/files"
        self._now_s = now_s

    def __call__(self, file_id: str, name: str, thumbnail_width: int | None = None) -> str:
        expiry_s = round_expiry(self._files.address_lifetime_s, self._now_s())
        signature = sign(self._files.secret, file_id, expiry_s)
        address = f"{self._base}/{file_id}/{quote(name, safe='')}?{EXPIRY}={expiry_s}&{SIGNATURE}={signature}"
        return address if thumbnail_width is None else f"{address}&{THUMBNAIL}={thumbnail_width}"


def round_expiry(lifetime_s: int, now_s: float) -> int:
    step_s = lifetime_s // 2
    return (int(now_s) // step_s + 1) * step_s + lifetime_s


def sign(secret: str, file_id: str, expiry_s: int) -> str:
    digest = hmac.digest(secret.encode(), f"classbridge file\n{file_id}\n{expiry_s}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def require_signature(config: FilesConfig, file_id: str, expiry: str, signature: str, now_s: float) -> int:
    """
    Return the expiry, seconds since 1970, of an address that was made here and still holds.

    Raises:
        NotFound: Wrong or expired; which one is nobody's business.
    """
    is_number = expiry.isascii() and expiry.isdigit() and len(expiry) <= EXPIRY_DIGITS
    expiry_s = int(expiry) if is_number else 0
    expected = sign(config.secret, file_id, expiry_s)
    if not hmac.compare_digest(expected.encode(), signature.encode(errors="replace")) or expiry_s <= now_s:
        raise NotFound
    return expiry_s
