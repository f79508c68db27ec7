"""A part of a stored file (RFC 9110 §14), without which phones play no video and nobody can look at its end first."""

import itertools
import re
from collections.abc import Callable, Iterator

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

Pieces = Callable[[int, int], Iterator[bytes]]
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


def sent(
    size: int, pieces: Pieces, header: str, *, name: str, content_type: str
) -> HttpResponse | StreamingHttpResponse:
    """What `pieces(start, end)` gives, as a download called `name`, or the part of it that the header `Range` asks for."""
    try:
        part = asked(header, size)
    except ValueError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    start, end = part or (0, size)
    body = itertools.chain(*_begun(pieces(start, end)))
    response = StreamingHttpResponse(body, status=206 if part else 200, content_type=content_type)
    response["Content-Length"] = end - start
    response["Accept-Ranges"] = "bytes"
    if part:
        response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    else:
        response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _begun(pieces: Iterator[bytes]) -> tuple[list[bytes], Iterator[bytes]]:
    """The first piece is fetched before the answer begins: a store out of reach is still an error then, no broken file."""
    return list(itertools.islice(pieces, 1)), pieces
