"""Real files of every type that the chat takes, made small, and of some that it does not."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Mapping, Sequence

from PIL import Image, ImageCms, PngImagePlugin

GPS = {1: "N", 2: (55.0, 45.0, 7.0), 3: "E", 4: (37.0, 37.0, 2.0)}
SECRET = "СЕКРЕТ-SECRET"  # in every place for text that a picture has
XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{SECRET}</x:xmpmeta>'.encode()
ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200) + b"PE\x00\x00" + bytes(300)


def picture(width: int = 40, height: int = 30, *, mode: str = "RGB", seed: int = 1) -> Image.Image:
    """Noise, so that a changed byte shows and that nothing packs well."""
    data = random.Random(seed).randbytes(width * height * len(mode))
    return Image.frombytes(mode, (width, height), data)


def exif(orientation: int | None = None) -> Image.Exif:
    """What a telephone writes: place, device, words."""
    tags = Image.Exif()
    tags[0x010F] = SECRET.encode("ascii", "ignore").decode()  # Make
    tags[0x9286] = SECRET  # UserComment
    tags[0x8825] = GPS
    if orientation is not None:
        tags[0x0112] = orientation
    return tags


def jpeg(orientation: int | None = None, *, size: tuple[int, int] = (40, 30), **more: object) -> bytes:
    out = io.BytesIO()
    options = {
        "exif": exif(orientation),
        "icc_profile": ICC,
        "xmp": XMP,
        "comment": SECRET,
        "quality": 90,
        **more,
    }
    picture(*size).save(out, "JPEG", **options)
    return out.getvalue()


def png(orientation: int | None = None, *, frames: int = 1) -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", SECRET, zip=True)
    text.add_itxt("XML:com.adobe.xmp", XMP.decode())
    text.add_text("Comment", "SECRET")
    return _saved("PNG", frames, mode="RGBA", exif=exif(orientation), icc_profile=ICC, pnginfo=text)


def gif(*, frames: int = 3) -> bytes:
    return _saved("GIF", frames, mode="RGB", comment=SECRET.encode(), loop=0, duration=70)


def webp(orientation: int | None = None, *, frames: int = 1, lossless: bool = True) -> bytes:
    more = {"exif": exif(orientation), "icc_profile": ICC, "xmp": XMP, "lossless": lossless}
    return _saved("WEBP", frames, mode="RGBA", **more)


def _saved(form: str, frames: int, *, mode: str, **options: object) -> bytes:
    out = io.BytesIO()
    first, *rest = (picture(mode=mode, seed=seed) for seed in range(frames))
    animated = {"save_all": True, "append_images": rest, "duration": 70, "loop": 0} if rest else {}
    first.save(out, form, **{**animated, **options})
    return out.getvalue()


def archive(parts: Mapping[str, bytes | str], *, packed: bool = True) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>'


def docx(more: Mapping[str, bytes | str] | None = None) -> bytes:
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": "<Relationships/>",
        "word/document.xml": "<w:document/>",
    }
    return archive({**parts, **(more or {})})


def xlsx(more: Mapping[str, bytes | str] | None = None) -> bytes:
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": "<Relationships/>",
        "xl/workbook.xml": "<workbook/>",
    }
    return archive({**parts, **(more or {})})


NONE = 0xFFFFFFFF


def ole(streams: Sequence[str], *, embedded: Sequence[str] = ()) -> bytes:
    """A compound file with these streams in its root, and others in a storage below it."""
    tree = [("Root Entry", 5, NONE, NONE, 1 if streams or embedded else NONE)]
    top = [*streams, *(["ObjectPool"] if embedded else [])]
    for index, name in enumerate(top, start=1):
        right = index + 1 if index < len(top) else NONE
        is_storage = bool(embedded) and index == len(top)
        tree.append((name, 1 if is_storage else 2, NONE, right, index + 1 if is_storage else NONE))
    for index, name in enumerate(embedded, start=len(tree)):
        right = index + 1 if index < len(top) + len(embedded) else NONE
        tree.append((name, 2, NONE, right, NONE))
    directory = b"".join(map(_ole_entry, tree))
    sectors = -(-len(directory) // 512)
    chain = [*range(2, sectors + 1), 0xFFFFFFFE]
    table = struct.pack("<128L", 0xFFFFFFFD, *chain, *[NONE] * (127 - len(chain)))
    header = struct.pack(
        "<8s16x5H6x9L109L", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 62, 3, 0xFFFE, 9, 6,
        0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0, *[NONE] * 108,
    )  # fmt: skip
    return header + table + directory.ljust(sectors * 512, b"\0")


def _ole_entry(entry: tuple[str, int, int, int, int]) -> bytes:
    name, kind, left, right, child = entry
    encoded = name.encode("utf-16-le")
    return struct.pack("<64sHBB3L48x", encoded, len(encoded) + 2, kind, 1, left, right, child)


def ogg(codec: bytes = b"OpusHead", *more: bytes) -> bytes:
    begins = b"".join(_ogg_page(2, packet.ljust(19, b"\0"), number) for number, packet in enumerate((codec, *more)))
    return begins + _ogg_page(0, b"OpusTags" + bytes(40), 0)


def _ogg_page(flags: int, packet: bytes, serial: int) -> bytes:
    return struct.pack("<4sBBqLLLBB", b"OggS", 0, flags, 0, serial, 0, 0, 1, len(packet)) + packet


def webm(*track_types: int, doc_type: bytes = b"webm") -> bytes:
    """As a browser's recorder writes it: segment and cluster of unknown length."""
    tracks = b"".join(_element("ae", _element("d7", b"\x01") + _element("83", bytes((t,)))) for t in track_types)
    head = _element("1a45dfa3", _element("4286", b"\x01") + _element("4282", doc_type))
    unknown = b"\x01" + b"\xff" * 7
    body = _element("1549a966", _element("2ad7b1", b"\x0f\x42\x40")) + _element("1654ae6b", tracks)
    return head + bytes.fromhex("18538067") + unknown + body + bytes.fromhex("1f43b675") + unknown + bytes(64)


def _element(name: str, content: bytes) -> bytes:
    return bytes.fromhex(name) + (0x4000 | len(content)).to_bytes(2, "big") + content


def mp4(*handlers: bytes, brand: bytes = b"isom") -> bytes:
    tracks = b"".join(_box(b"trak", _box(b"mdia", _box(b"hdlr", bytes(8) + h + bytes(13)))) for h in handlers)
    ftyp = _box(b"ftyp", brand + bytes(4) + brand)
    return ftyp + _box(b"mdat", bytes(300)) + _box(b"moov", _box(b"mvhd", bytes(100)) + tracks)


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">L4s", len(content) + 8, name) + content
