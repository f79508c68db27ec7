"""A part of a stored file (RFC 9110 §14), without which phones play no video and nobody can look at its end first."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from django.http import FileResponse, HttpResponse, StreamingHttpResponse

READ_BYTES = 256 * 1024
_ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z")


def asked(header: str, size: int) -> tuple[int, int] | None:
    """The first byte of the part and the one behind its last; None where the whole file is to be sent.

    Raises ValueError where the file has no such part.
    """
    found = _ONE_RANGE.match(header)
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:  # so many bytes from the end
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1 if last else size)
    if start >= end:
        raise ValueError
    return start, end


def sent(path: Path, header: str, *, name: str, content_type: str) -> HttpResponse | StreamingHttpResponse:
    """The file as a download called `name`, or the part of it that the header `Range` asks for."""
    size = path.stat().st_size
    try:
        part = asked(header, size)
    except ValueError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response: StreamingHttpResponse
    if part is None:
        response = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=content_type)
    else:
        start, end = part
        response = StreamingHttpResponse(_pieces(path, start, end), status=206, content_type=content_type)
        response["Content-Length"] = end - start
        response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response["Accept-Ranges"] = "bytes"
    return response


def _pieces(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start, os.SEEK_SET)
        while piece := file.read(min(READ_BYTES, end - file.tell())):
            yield piece
