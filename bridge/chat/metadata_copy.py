"""How the strippers read and copy: exactly as many bytes as a header says, or the picture is refused."""

from __future__ import annotations

from typing import BinaryIO

from bridge.errors import TypeRefused

CHUNK = 65_536
# A picture of 20 MB in the smallest pieces that encoders write; one of crumbs would keep the processor busy.
MOST_READS = 250_000


class Source:
    """The picture that is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._reads_left = MOST_READS

    def read(self, size: int) -> bytes:
        """Read up to *size* bytes, fewer at the end: what a header, a segment or a piece of a copy holds."""
        self._reads_left -= 1
        if self._reads_left < 0:
            raise damaged()
        return self._file.read(size)

    def read_exactly(self, size: int) -> bytes:
        data = self.read(size)
        if len(data) < size:
            raise damaged()
        return data

    def copy_exactly(self, target: BinaryIO, size: int) -> None:
        while size:
            data = self.read_exactly(min(size, CHUNK))
            target.write(data)
            size -= len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)


def damaged() -> TypeRefused:
    return TypeRefused("The image is damaged or incomplete; it cannot be opened.")
