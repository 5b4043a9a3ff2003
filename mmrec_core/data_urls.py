"""Pictures as addresses that hold them, for pages that load nothing."""

import base64


def data_url(content: bytes, kind: str = "webp") -> str:
    """Return an image file's content as a ``data:`` URL (RFC 2397); ``kind`` names its format."""
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def content_of(url: str) -> bytes:
    """Return the content of what `data_url` gave."""
    return base64.b64decode(url.partition(",")[2])
