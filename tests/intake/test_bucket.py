"""Evidence in a bucket: a real S3 server (moto's) takes what the door has hashed, goes away in the middle, and comes back."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.intake.house import ROOT, House, built, until
from tests.intake.phone import Phone, entry, sha256
from tests.intake.test_projection import completed, settled

KEYS = {"DUDAO_S3_KEY": "a-key", "DUDAO_S3_SECRET": "a-secret", "DUDAO_S3_REGION": "us-east-1"}
BUCKET = "evidence"
pytestmark = pytest.mark.xdist_group("bucket")


class Bucket:
    """The S3 server, which can go away and come back; what it holds stays."""

    def __init__(self) -> None:
        self._server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        self._server.start()
        self.port = self._server.get_host_and_port()[1]
        self.objects = boto3.resource(
            "s3", endpoint_url=self.url, aws_access_key_id="a-key", aws_secret_access_key="a-secret",
            region_name="us-east-1",
        ).Bucket(BUCKET)  # fmt: skip
        self.objects.create()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def go_away(self) -> None:
        self._server.stop()

    def come_back(self) -> None:
        self._server = ThreadedMotoServer("127.0.0.1", self.port, verbose=False)
        self._server.start()

    def holds(self, content: bytes) -> bool:
        name = sha256(content)
        found = [one.key for one in self.objects.objects.filter(Prefix=f"{name[:2]}/{name[2:4]}/{name}")]
        return bool(found) and self.objects.Object(found[0]).get()["Body"].read() == content


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    one = Bucket()
    yield one
    one.go_away()


def environment(bucket: Bucket) -> dict[str, str]:
    return KEYS | {"DUDAO_S3_BUCKET": BUCKET, "DUDAO_S3_ENDPOINT": bucket.url}


@pytest.fixture(scope="module")
def remote(bucket: Bucket, model: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house whose evidence is kept in the bucket."""
    with pytest.MonkeyPatch.context() as patch, built(tmp_path_factory.mktemp("remote"), model) as one:
        for name, value in environment(bucket).items():
            patch.setenv(name, value)
        one.start()
        yield one
        assert one.stop() == 0


def photo(size: int = 300_000) -> bytes:
    return b"\xff\xd8\xff" + uuid4().bytes + os.urandom(size)


def in_folder(house: House) -> list[str]:
    return [
        path.name
        for path in (house.home / "evidence").rglob("*")
        if path.is_file() and ".uploads" not in path.parts
    ]


def test_a_photo_and_a_video_go_into_the_bucket_under_their_hash(remote: House, bucket: Bucket) -> None:
    phone = Phone(remote)
    small, large = photo(), photo(12 * 1024 * 1024)
    assert phone.in_one_request(small).status == 201
    place = phone.begin(large).headers["location"]
    half = len(large) // 2
    assert phone.continue_(place, large[:half], 0).status == 204
    assert not bucket.holds(large)
    assert phone.continue_(place, large[half:], half).status == 204
    assert bucket.holds(small)
    assert bucket.holds(large)
    assert in_folder(remote) == []
    assert phone.begin(small).headers["upload-offset"] == str(len(small)), "known: nothing to send again"


def test_while_the_bucket_is_away_nothing_is_lost_and_nothing_claimed(remote: House, bucket: Bucket) -> None:
    phone = Phone(remote)
    content, other = photo(3 * 1024 * 1024), photo()
    sent = entry(files=[content])
    phone.send(sent)
    place = phone.begin(content).headers["location"]
    phone.continue_(place, content[:1000], 0)
    bucket.go_away()
    try:
        reply = phone.continue_(place, content[1000:], 1000)
        assert (reply.status, reply.code) == (503, "storage-away")
        assert reply.headers["retry-after"]
        assert phone.in_one_request(other).status == 503
        settled(remote, sent)
        assert phone.told(sent)["complete"] is False
    finally:
        bucket.come_back()
    until(lambda: completed(remote, sent), what="the worker to hand the whole part on")
    assert bucket.holds(content)
    assert phone.offset(place) == len(content)
    assert phone.in_one_request(other).status == 201
    assert bucket.holds(other)


def run(house: House, *words: str) -> subprocess.CompletedProcess[str]:
    own = house.environment() | {"DJANGO_SETTINGS_MODULE": "dudao.settings"}
    return subprocess.run(
        [sys.executable, "-m", "dudao.cli", *words], env=own, cwd=ROOT, capture_output=True, text=True
    )


SERVE = """
import django; django.setup()
from dudao.intake import ranges
from dudao.intake.stores import evidence_store
from dudao.intake.variants import variant
import json, sys
sha = sys.argv[1]
from functools import partial
source = evidence_store().size_of(sha), partial(evidence_store().pieces, sha)
one = ranges.sent(*source, "bytes=5-9", name="照片.jpg", content_type="image/jpeg")
whole = ranges.sent(*source, "", name="照片.jpg", content_type="image/jpeg")
print(json.dumps([one.status_code, one["Content-Range"], one.getvalue().hex(), len(whole.getvalue()), whole["Content-Disposition"]]))
"""


def test_what_is_in_the_bucket_is_served_in_parts(remote: House) -> None:
    phone, content = Phone(remote), photo()
    phone.in_one_request(content)
    done = subprocess.run(
        [sys.executable, "-c", SERVE, sha256(content)], env=remote.environment(), cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    status, span, part, length, disposition = json.loads(done.stdout)
    assert (status, span) == (206, f"bytes 5-9/{len(content)}")
    assert bytes.fromhex(part) == content[5:10]
    assert length == len(content)
    assert disposition.startswith("attachment")


def test_check_tries_the_bucket_and_verify_finds_what_is_gone_from_it(remote: House, bucket: Bucket) -> None:
    assert run(remote, "check").stdout.strip().endswith("sound")
    phone, content = Phone(remote), photo()
    phone.in_one_request(content)
    assert run(remote, "evidence", "verify", "--again").returncode == 0
    name = sha256(content)
    bucket.objects.Object(f"{name[:2]}/{name[2:4]}/{name}").delete()
    told = run(remote, "evidence", "verify", "--again")
    assert told.returncode == 1
    assert f"missing: {name}" in told.stderr
    bucket.objects.put_object(Key=f"{name[:2]}/{name[2:4]}/{name}", Body=content)
    bucket.go_away()
    try:
        told = run(remote, "check")
        assert told.returncode == 1
        assert "DUDAO_S3" in told.stderr
    finally:
        bucket.come_back()


def test_a_backup_holds_what_is_in_the_bucket_and_restores_it_there(
    remote: House, bucket: Bucket, model: House, tmp_path_factory: pytest.TempPathFactory
) -> None:
    phone, content = Phone(remote), photo()
    phone.in_one_request(content)
    file = tmp_path_factory.mktemp("backup") / "all.tar"
    done = run(remote, "backup", str(file))
    assert done.returncode == 0, done.stderr
    for one in bucket.objects.objects.all():
        one.delete()
    with built(tmp_path_factory.mktemp("again"), model) as again:
        if again.is_postgres:
            again.write("DROP SCHEMA public CASCADE")
            again.write("CREATE SCHEMA public")
        else:
            (again.home / "dudao.sqlite3").unlink()
        done = run(again, "restore", str(file))
        assert done.returncode == 0, done.stderr
        assert bucket.holds(content)
        assert in_folder(again) == []
