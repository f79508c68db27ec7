"""What a file's first bytes say it is. Signatures: the formats' own specifications, as listed by IANA and ISO."""

import re

HEAD_BYTES = 64
UNKNOWN = ""

_FIXED = [
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"#!AMR", "audio/amr"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"PK\x03\x04", "application/zip"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
]
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_BRANDS = {b"avif": "image/avif", b"avis": "image/avif", b"qt  ": "video/quicktime", b"M4A ": "audio/mp4"}
_SAME = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/heif": "image/heic",
    "audio/webm": "video/webm",
    "video/x-matroska": "video/webm",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/amr-wb": "audio/amr",
    "audio/mp3": "audio/mpeg",
    "audio/x-wav": "audio/wav",
}
_ZIPPED = re.compile(
    r"application/(vnd\.openxmlformats-officedocument\..*|vnd\.oasis\..*|ofd|x-zip-compressed)"
)
_OLE = re.compile(r"application/(msword|vnd\.ms-(excel|powerpoint|works)|wps-office\..*|kswps|kset|ksdps)")
_MPEG4 = {
    "audio/mp4", "audio/x-m4a", "audio/m4a", "audio/3gpp", "video/3gpp", "video/3gpp2", "video/quicktime", "video/x-m4v",
}  # fmt: skip


def sniff(head: bytes) -> str:
    """The media type by magic bytes, or "" when unknown. `head` is the first HEAD_BYTES of the file."""
    for magic, found in _FIXED:
        if head.startswith(magic):
            return found
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return "image/heic" if brand in _HEIF_BRANDS else _BRANDS.get(brand, "video/mp4")
    return UNKNOWN


def agrees(declared: str, sniffed: str) -> bool:
    """Whether the bytes are what was declared. Unknown bytes never agree: nobody can vouch for them."""
    plain = declared.partition(";")[0].strip().lower()
    if sniffed == "application/zip" and _ZIPPED.fullmatch(plain):
        return True
    if sniffed == "application/x-ole-storage" and _OLE.fullmatch(plain):
        return True  # the older office formats
    if sniffed == "video/mp4" and plain in _MPEG4:
        return True  # one container, many brands
    return sniffed != UNKNOWN and _SAME.get(plain, plain) == sniffed
