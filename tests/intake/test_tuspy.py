"""A client we did not write uploads to us."""

import os
from pathlib import Path

from tusclient.client import TusClient

from dudao.kernel.ids import uuid7
from tests.intake.house import House
from tests.intake.phone import Phone, sha256


def client_of(house: House, phone: Phone) -> TusClient:
    return TusClient(f"{house.url}/door/files", headers={"Authorization": f"Bearer {phone.token}"})


def metadata_of(content: bytes) -> dict[str, str]:
    return {"sha256": sha256(content), "filetype": "video/mp4", "filename": "录像.mp4", "entry": str(uuid7())}


def test_tuspy_uploads_in_pieces_with_checksums(house: House, phone: Phone, tmp_path: Path) -> None:
    content = os.urandom(700_001)
    path = tmp_path / "video"
    path.write_bytes(content)
    uploader = client_of(house, phone).uploader(
        str(path), chunk_size=128_000, metadata=metadata_of(content), upload_checksum=True
    )
    uploader.upload()
    assert house.stored_bytes(sha256(content)) == content


def test_tuspy_resumes_what_another_client_began(house: House, phone: Phone, tmp_path: Path) -> None:
    content = os.urandom(300_000)
    path = tmp_path / "video"
    path.write_bytes(content)
    first = client_of(house, phone).uploader(str(path), chunk_size=100_000, metadata=metadata_of(content))
    first.upload_chunk()
    second = client_of(house, phone).uploader(str(path), chunk_size=100_000, url=first.url)
    assert second.offset == 100_000
    second.upload()
    assert house.stored_bytes(sha256(content)) == content
