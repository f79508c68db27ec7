"""The contract of files, row by row: docs/field-api.md §4, and tus 1.0.0."""

import base64
import hashlib
import os
import resource
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dudao.intake.uploads import UPLOAD_LIMIT
from dudao.kernel.ids import uuid7
from tests.intake.house import House, built, until
from tests.intake.phone import STREAM, TUS, Phone, described, entry, sha256

JPEG = b"\xff\xd8\xff\xe0 a photo "


def photo(size: int = 3000) -> bytes:
    return JPEG + os.urandom(size)


def row_of(house: House, content: bytes) -> tuple[object, ...]:
    columns = "size, declared_type, sniffed_type, trusted, name, path"
    statement = f"SELECT {columns} FROM intake_evidencefile WHERE sha256 = %s"
    return next(iter(house.read(statement, sha256(content))), ())


def test_a_file_comes_in_pieces_and_is_stored_by_its_hash(house: House, phone: Phone) -> None:
    content = photo()
    begun = phone.begin(content)
    assert begun.status == 201
    assert begun.headers["upload-offset"] == "0"
    place = begun.headers["location"]
    first = phone.continue_(place, content[:1000], 0)
    assert (first.status, first.headers["upload-offset"]) == (204, "1000")
    assert phone.offset(place) == 1000
    last = phone.continue_(place, content[1000:], 1000)
    assert (last.status, last.headers["upload-offset"]) == (204, str(len(content)))
    assert house.stored_bytes(sha256(content)) == content
    digest = sha256(content)
    path = f"{digest[:2]}/{digest}"
    assert row_of(house, content) == (len(content), "image/jpeg", "image/jpeg", True, "IMG_1.jpg", path)
    assert phone.offset(place) == len(content), "a phone that missed the last answer can still ask"


def test_every_answer_names_the_protocol(phone: Phone) -> None:
    begun = phone.begin(photo())
    for reply in (
        begun,
        phone.ask("HEAD", begun.headers["location"], headers=TUS),
        phone.begin(b"", sha256=""),
    ):
        assert reply.headers["tus-resumable"] == "1.0.0"
        assert reply.headers["cache-control"] == "no-store"


def test_an_upload_tells_its_length_description_and_end(phone: Phone) -> None:
    content = photo()
    begun = phone.begin(content)
    told = phone.ask("HEAD", begun.headers["location"], headers=TUS)
    assert told.status == 200
    assert told.headers["upload-length"] == str(len(content))
    assert f"sha256 {base64.b64encode(sha256(content).encode()).decode()}" in told.headers["upload-metadata"]
    assert told.headers["upload-expires"].endswith("GMT")


def test_options_tells_the_abilities_without_a_token(phone: Phone) -> None:
    reply = phone.ask("OPTIONS", "/door/files", headers={"Authorization": ""})
    assert reply.status == 204
    assert reply.headers["tus-version"] == "1.0.0"
    assert set(reply.headers["tus-extension"].split(",")) >= {"creation", "checksum", "termination"}
    assert reply.headers["tus-max-size"] == str(UPLOAD_LIMIT)
    assert set(reply.headers["tus-checksum-algorithm"].split(",")) == {"sha256", "sha1"}


def test_a_file_may_come_with_its_creation(house: House, phone: Phone) -> None:
    content = photo()
    length = {"Upload-Length": str(len(content)), "Upload-Metadata": described(content)}
    reply = phone.ask("POST", "/door/files", body=content, headers={**TUS, **STREAM, **length})
    assert (reply.status, reply.headers["upload-offset"]) == (201, str(len(content)))
    assert house.stored_bytes(sha256(content)) == content


def test_an_empty_file_is_a_file(house: House, phone: Phone) -> None:
    assert phone.begin(b"").status == 201
    assert house.stored_bytes(sha256(b"")) == b""


def test_what_is_already_stored_need_not_be_sent(house: House, phone: Phone) -> None:
    content = photo()
    phone.upload(content)
    begun = Phone(house, user=8).begin(content)
    assert (begun.status, begun.headers["upload-offset"]) == (201, str(len(content)))
    assert Phone(house, user=8).offset(begun.headers["location"]) == len(content)


def test_two_phones_may_send_the_same_file_at_once(house: House, phone: Phone) -> None:
    content = photo()
    places = [phone.begin(content).headers["location"] for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda place: phone.continue_(place, content, 0), places))
    assert [reply.status for reply in replies] == [204] * 8
    assert house.stored_bytes(sha256(content)) == content
    assert row_of(house, content)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sha256": ""}, "sha256"),
        ({"sha256": "A" * 64}, "sha256"),
        ({"filetype": ""}, "filetype"),
        ({"filename": ""}, "filename"),
        ({"entry": ""}, "entry"),
        ({"entry": "17"}, "entry"),
    ],
)
def test_the_description_must_be_whole(phone: Phone, changes: dict[str, str], field: str) -> None:
    reply = phone.begin(photo(), **changes)
    assert (reply.status, reply.code) == (400, "upload-metadata")
    assert reply.json["details"]["field"] == field


@pytest.mark.parametrize("header", ["", "sha256", "sha256 ???", "sha256 /w==", ",,,", "x" * 5000])
def test_a_broken_description_is_refused(phone: Phone, header: str) -> None:
    reply = phone.begin(photo(), headers={"Upload-Metadata": header})
    assert (reply.status, reply.code) == (400, "upload-metadata")


@pytest.mark.parametrize("length", ["", "-1", "1.5", "many", "9" * 30])
def test_a_length_must_be_a_whole_number(phone: Phone, length: str) -> None:
    reply = phone.begin(photo(), headers={"Upload-Length": length})
    assert (reply.status, reply.code) == (400, "upload-metadata")
    assert reply.json["details"]["field"] == "Upload-Length"


def test_too_large_a_file_is_refused_before_it_is_sent(phone: Phone) -> None:
    reply = phone.begin(photo(), headers={"Upload-Length": str(UPLOAD_LIMIT + 1)})
    assert (reply.status, reply.code) == (413, "upload-too-large")


def test_more_bytes_than_promised_are_refused(phone: Phone) -> None:
    content = photo()
    place = phone.begin(content).headers["location"]
    reply = phone.continue_(place, content + b"more", 0)
    assert (reply.status, reply.code) == (413, "upload-too-large")
    assert phone.offset(place) == 0
    chunked = phone.ask(
        "PATCH", place, body=iter([content, b"more"]), headers={**TUS, **STREAM, "Upload-Offset": "0"}
    )
    assert chunked.status == 413
    assert phone.upload(content).status == 204


@pytest.mark.parametrize("at", [1, 999, 10**9])
def test_a_wrong_offset_is_a_conflict_that_tells_the_right_one(phone: Phone, at: int) -> None:
    content = photo()
    place = phone.begin(content).headers["location"]
    reply = phone.continue_(place, content[:10], at)
    assert (reply.status, reply.code) == (409, "upload-offset")
    assert reply.json["details"]["expected"] == 0


@pytest.mark.parametrize("at", ["", "-1", "x"])
def test_an_offset_must_be_a_whole_number(phone: Phone, at: str) -> None:
    place = phone.begin(photo()).headers["location"]
    reply = phone.continue_(place, b"x", 0, **{"Upload-Offset": at})
    assert (reply.status, reply.code) == (400, "upload-metadata")


@pytest.mark.parametrize("version", ["", "0.2.2", "2.0.0"])
def test_another_protocol_version_is_refused(phone: Phone, version: str) -> None:
    reply = phone.begin(photo(), headers={"Tus-Resumable": version})
    assert (reply.status, reply.code) == (412, "upload-version")
    assert reply.headers["tus-version"] == "1.0.0"


def test_another_content_type_is_refused(phone: Phone) -> None:
    place = phone.begin(photo()).headers["location"]
    reply = phone.continue_(place, b"x", 0, **{"Content-Type": "application/json"})
    assert (reply.status, reply.code) == (415, "upload-type")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_damaged_on_the_way_is_not_kept(house: House, phone: Phone, algorithm: str) -> None:
    content = photo()
    place = phone.begin(content).headers["location"]
    phone.continue_(place, content[:500], 0)
    good = base64.b64encode(hashlib.new(algorithm, content[500:]).digest()).decode()
    damaged = bytes(len(content) - 500)
    reply = phone.continue_(place, damaged, 500, **{"Upload-Checksum": f"{algorithm} {good}"})
    assert (reply.status, reply.code) == (460, "checksum-mismatch")
    assert phone.offset(place) == 500
    reply = phone.continue_(place, content[500:], 500, **{"Upload-Checksum": f"{algorithm} {good}"})
    assert reply.status == 204
    assert house.stored_bytes(sha256(content)) == content


@pytest.mark.parametrize(
    ("header", "code"), [("md5 aaaa", "checksum-algorithm"), ("sha1 ???", "upload-metadata")]
)
def test_a_checksum_must_be_one_we_know(phone: Phone, header: str, code: str) -> None:
    place = phone.begin(photo()).headers["location"]
    reply = phone.continue_(place, b"x", 0, **{"Upload-Checksum": header})
    assert (reply.status, reply.code) == (400, code)


def test_a_whole_with_another_hash_is_dropped_and_begun_anew(house: House, phone: Phone) -> None:
    content, other = photo(), photo()
    begun = phone.begin(content)
    reply = phone.continue_(begun.headers["location"], other[: len(content)], 0)
    assert (reply.status, reply.code) == (460, "hash-mismatch")
    assert phone.ask("HEAD", begun.headers["location"], headers=TUS).status == 404
    assert not row_of(house, content)
    assert phone.upload(content).status == 204
    assert house.stored_bytes(sha256(content)) == content


def test_a_photo_in_one_request_with_another_hash_leaves_nothing(house: House, phone: Phone) -> None:
    content, other = photo(), photo()
    reply = phone.in_one_request(other, **{"Upload-Metadata": described(content)})
    assert (reply.status, reply.code) == (460, "hash-mismatch")
    damaged = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    reply = phone.in_one_request(content, **{"Upload-Checksum": f"sha256 {damaged}"})
    assert (reply.status, reply.code) == (460, "checksum-mismatch")
    assert not row_of(house, content)
    assert phone.in_one_request(content).headers["upload-offset"] == str(len(content))
    assert house.stored_bytes(sha256(content)) == content
    assert row_of(house, content)[:4] == (len(content), "image/jpeg", "image/jpeg", True)


def test_eight_phones_with_the_same_photo_in_one_request_store_it_once(house: House, phone: Phone) -> None:
    content = photo(300_000)
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _n: phone.in_one_request(content), range(8)))
    assert [reply.status for reply in replies] == [201] * 8
    assert house.stored_bytes(sha256(content)) == content


@pytest.mark.parametrize("lost", [b"", JPEG], ids=["gone", "cut short"])
def test_a_photo_that_comes_again_mends_what_the_disk_lost_of_it(
    house: House, phone: Phone, lost: bytes
) -> None:
    content = photo()
    phone.in_one_request(content)
    file = house.home / "evidence" / str(row_of(house, content)[5])
    file.unlink()
    if lost:
        file.write_bytes(lost)
    again = phone.in_one_request(content)
    assert (again.status, again.headers["upload-offset"]) == (201, str(len(content)))
    assert house.stored_bytes(sha256(content)) == content


def test_other_bytes_do_not_pass_for_a_photo_that_is_stored(house: House, phone: Phone) -> None:
    content = photo()
    phone.in_one_request(content)
    other = phone.in_one_request(photo(), **{"Upload-Metadata": described(content)})
    assert (other.status, other.code) == (460, "hash-mismatch")
    assert house.stored_bytes(sha256(content)) == content


def test_only_the_beginning_may_come_with_the_creation(house: House, phone: Phone) -> None:
    content = photo(300_000)
    begun = phone.in_one_request(
        content[:1000], **{"Upload-Length": str(len(content)), "Upload-Metadata": described(content)}
    )
    assert (begun.status, begun.headers["upload-offset"]) == (201, "1000")
    assert phone.continue_(begun.headers["location"], content[1000:], 1000).status == 204
    assert house.stored_bytes(sha256(content)) == content


def test_a_file_that_lies_about_its_type_is_stored_and_flagged(house: House, phone: Phone) -> None:
    content = b"<script>alert(1)</script>" + os.urandom(20)
    assert phone.upload(content).status == 204
    assert row_of(house, content)[:4] == (len(content), "image/jpeg", "", False)


def test_an_upload_can_be_called_off(phone: Phone) -> None:
    place = phone.begin(photo()).headers["location"]
    assert phone.ask("DELETE", place, headers=TUS).status == 204
    assert phone.ask("HEAD", place, headers=TUS).status == 404


def test_calling_off_never_touches_what_is_stored(house: House, phone: Phone) -> None:
    content = photo()
    begun = phone.begin(content)
    phone.continue_(begun.headers["location"], content, 0)
    phone.ask("DELETE", begun.headers["location"], headers=TUS)
    assert house.stored_bytes(sha256(content)) == content
    assert row_of(house, content)


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_only_its_owner_may_touch_an_upload(house: House, phone: Phone, method: str) -> None:
    place = phone.begin(photo()).headers["location"]
    stranger = Phone(house, user=8)
    reply = stranger.ask(method, place, headers={**TUS, **STREAM, "Upload-Offset": "0"})
    assert reply.status == 404
    assert phone.offset(place) == 0


@pytest.mark.parametrize(
    "name", ["01900000-0000-7000-8000-000000000000", "17", "..", "%2e%2e%2fsecret-key", "x.json"]
)
def test_an_unknown_upload_is_404(phone: Phone, name: str) -> None:
    assert phone.ask("HEAD", f"/door/files/{name}", headers=TUS).status == 404


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
def test_every_request_needs_the_token(phone: Phone, method: str) -> None:
    place = phone.begin(photo()).headers["location"] if method != "POST" else "/door/files"
    reply = phone.ask(method, place, headers={**TUS, "Authorization": "Bearer x"})
    assert reply.status == 401


def test_a_broken_connection_resumes_where_it_broke(house: House, phone: Phone) -> None:
    content = photo(900_000)
    place = phone.begin(content).headers["location"]
    phone.break_off(place, content[:400_000], at=0, promised=len(content))
    until(lambda: phone.offset(place) == 400_000, what="the bytes that came to be kept")
    phone.break_off(place, content[400_000:700_000], at=400_000, promised=500_000)
    until(lambda: phone.offset(place) == 700_000, what="the bytes that came to be kept")
    assert phone.continue_(place, content[700_000:], 700_000).status == 204
    assert house.stored_bytes(sha256(content)) == content


def test_a_stalled_connection_does_not_block_the_next(house: House, phone: Phone) -> None:
    """A phone that changes from one mobile cell to another leaves a connection that never ends."""
    content = photo(50_000)
    place = phone.begin(content).headers["location"]
    head = (
        f"PATCH {place} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {phone.token}\r\n"
        f"Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\n"
        f"Upload-Offset: 0\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", house.port)) as stalled:
        stalled.sendall(head.encode())
        assert phone.continue_(place, content, phone.offset(place)).status == 204
    assert house.stored_bytes(sha256(content)) == content


def test_of_two_senders_of_one_upload_one_wins_and_the_file_is_right(house: House, phone: Phone) -> None:
    for _round in range(5):
        content = photo(600_000)
        place = phone.begin(content).headers["location"]
        with ThreadPoolExecutor(4) as pool:
            statuses = list(pool.map(lambda _n: phone.continue_(place, content, 0).status, range(4)))  # noqa: B023
        assert statuses.count(204) >= 1
        assert set(statuses) <= {204, 409, 423}
        assert house.stored_bytes(sha256(content)) == content


def test_the_same_name_with_other_bytes_is_kept_beside_the_first(house: House, phone: Phone) -> None:
    first, second, name = photo(), photo(), str(uuid7())
    phone.upload(first, filename=name)
    phone.upload(second, filename=name)
    assert house.stored_bytes(sha256(first)) == first
    assert house.stored_bytes(sha256(second)) == second


def test_a_name_is_only_a_name(house: House, phone: Phone) -> None:
    content = photo()
    phone.upload(content, filename="..\\..\\etc/\x00pass\u202ewd/照片.jpg")
    assert row_of(house, content)[4] == "照片.jpg"


def test_a_file_may_come_before_its_entry(house: House, phone: Phone) -> None:
    content = photo()
    phone.upload(content)
    sent = entry(files=[content])
    phone.send(sent)
    assert phone.told(sent)["complete"] is True


def test_a_part_left_by_a_crash_after_its_file_was_recorded_is_removed(house: House, phone: Phone) -> None:
    content = photo()
    place = phone.begin(content).headers["location"]
    phone.continue_(place, content, 0)
    part = house.home / "evidence" / ".uploads" / f"{place.rpartition('/')[2].replace('-', '')}.part"
    part.write_bytes(content)  # as if the process had died between the record and the removal
    until(lambda: not part.exists(), what="the part to be removed")
    assert phone.offset(place) == len(content)
    assert house.stored_bytes(sha256(content)) == content


def test_memory_stays_small_whatever_the_size(house: House, phone: Phone) -> None:
    content = photo(80 * 1024 * 1024)
    before = _peak_mib(house)
    assert phone.upload(content).status == 204
    assert _peak_mib(house) - before < 32
    assert house.stored_bytes(sha256(content)) == content


def test_a_full_disk_says_so_and_records_nothing(model: House, tmp_path: Path) -> None:
    """The limit of file size stands in for a full disk: both refuse the next byte."""
    limit = 4 * 1024 * 1024
    with built(tmp_path / "small", model) as house:
        house.start("--no-worker", preexec=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        phone = Phone(house)
        content = photo(6 * 1024 * 1024)
        place = phone.begin(content).headers["location"]
        reply = phone.continue_(place, content, 0)
        assert (reply.status, reply.code) == (507, "storage-full")
        assert not row_of(house, content)
        assert phone.offset(place) <= limit
        assert phone.upload(photo()).status == 204, "smaller files still come"
        house.stop()


def _peak_mib(house: House) -> float:
    """The greatest resident memory any process of the server has had."""
    peaks = []
    for pid in house.children():
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        peaks.append(next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")))
    return max(peaks) / 1024
