"""A phone that cannot send: its file is brought to the office, looked into, and taken exactly once."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from dudao.kernel.ids import uuid7
from tests.intake.exporting import export
from tests.intake.house import ROOT, House, built, until
from tests.intake.phone import Phone, sha256
from tests.intake.signing import body, written
from tests.intake.test_projection import completed, key, settled

pytestmark = pytest.mark.xdist_group("handing-in")


class OwnHouse(House):
    """The product's own settings."""

    def environment(self) -> dict[str, str]:
        return super().environment() | {"DJANGO_SETTINGS_MODULE": "dudao.settings"}


SEED = """
import django; django.setup()
import json
from dudao.cli.preparing import load_data
load_data()
from dudao.kernel.ids import uuid7
from dudao.people.devices import sign_in
from tests import factories
from tests.intake.signing import Key
at, elsewhere = factories.place(), factories.place()
device = uuid7()
sign_in(at.inspector, device_id=device, name="Android 10 Chrome")
print(json.dumps({
    "inspector": at.inspector.pk, "officer": at.officer.pk, "stranger": elsewhere.officer.pk, "device": str(device),
    "sheet": factories.sheet(at),
}))
"""
CLERK = """
import django; django.setup()
import json, re, sys
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from dudao.people.models import User
who, act, what = sys.argv[1:4]
client = Client(SERVER_NAME="127.0.0.1")
client.force_login(User.objects.get(pk=who), backend="django.contrib.auth.backends.ModelBackend")
if act == "bring":
    answer = client.post("/handed-in/", {"file": SimpleUploadedFile("dudao-202611260300.json", open(what, "rb").read())})
else:
    answer = client.get(what) if act == "look" else client.post(what)
page = answer.content.decode()
if answer.status_code == 302:
    page = client.get(answer.url).content.decode()
print(json.dumps({"status": answer.status_code, "url": getattr(answer, "url", ""), "page": re.sub("<[^>]+>", " ", page)}))
"""


@dataclass
class County:
    house: House
    inspector: int
    officer: int
    stranger: int
    device: UUID
    sheet: dict[str, Any]

    def clerk(self, act: str, what: str, *, who: int | None = None) -> Any:
        return json.loads(_run(self.house, CLERK, str(who or self.officer), act, what))

    def bring(self, content: bytes, folder: Path, *, who: int | None = None) -> Any:
        path = folder / "export.json"
        path.write_bytes(content)
        return self.clerk("bring", str(path), who=who)

    def entry(self, *files: bytes) -> dict[str, Any]:
        manifest = [
            {"sha256": sha256(one), "size": len(one), "type": "image/jpeg", "role": "photo"} for one in files
        ]
        sheets = [one | {"id": str(uuid7())} for one in self.sheet["sheets"]]
        return body(self.sheet | {"sheets": sheets, "findings": [], "manifest": manifest})

    def export(self, sent: list[dict[str, Any]], files: list[bytes], **head: Any) -> bytes:
        return export([written(one) for one in sent], files, user=self.inspector, device=self.device, **head)


def _run(house: House, script: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *words], env=house.environment(), cwd=ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with built(tmp_path_factory.mktemp("county")) as plain:
        house = OwnHouse(plain.home, plain.database_url)
        seeded = json.loads(_run(house, SEED))
        house.start()
        yield County(house=house, **seeded | {"device": UUID(seeded["device"])})
        assert house.stop() == 0


def held(county: County, sent: dict[str, Any], table: str) -> int:
    statement = f"SELECT count(*) FROM {table} WHERE id = %s"
    return int(county.house.read(statement, key(county.house, sent))[0][0])


def photo() -> bytes:
    return b"\xff\xd8\xff" + os.urandom(200_000)


def test_unsent_work_is_shown_taken_and_not_doubled_when_the_phone_sends_later(
    county: County, tmp_path
) -> None:
    files = [photo(), photo()]
    sent = county.entry(*files)
    shown = county.bring(county.export([sent], files, drafts=1), tmp_path)
    assert shown["status"] == 302
    for words in ("测试员", "一次督导的记录", "将收下", "1 份没有完成的草稿"):
        assert words in shown["page"]
    assert not held(county, sent, "intake_entry"), "nothing is taken before it is confirmed"
    taken = county.clerk("do", shown["url"] + "take/")
    assert "已收下" in taken["page"]
    assert "存入 2 个附件" in taken["page"]
    assert settled(county.house, sent) == ("projected", "")
    until(lambda: completed(county.house, sent), what="completion")
    phone = Phone(county.house, user=county.inspector, device=county.device)
    reply = phone.send(written(sent).encode())
    assert (reply.status, reply.json["outcome"]) == (200, "known")
    assert phone.told(sent)["complete"] is True
    assert county.clerk("do", shown["url"] + "take/")["status"] == 409, "taken once"
    again = county.bring(county.export([sent], files), tmp_path)
    assert "以前已收到" in again["page"]
    assert held(county, sent, "inspections_visit") == 1
    about = "SELECT count(*) FROM journal_event WHERE kind = 'entry.handed_in' AND object_id = %s"
    assert county.house.read(about, sent["id"])[0][0] == 1
    assert not list((county.house.home / "evidence" / ".uploads").glob("handed-*"))


def test_a_file_cut_off_gives_what_is_whole_and_the_phone_brings_the_rest(county: County, tmp_path) -> None:
    files = [photo(), photo()]
    sent = county.entry(*files)
    shown = county.bring(county.export([sent], files)[:-100_000], tmp_path)
    assert "文件不完整" in shown["page"]
    assert "缺 1 个" in shown["page"]
    assert "存入 1 个附件" in county.clerk("do", shown["url"] + "take/")["page"]
    assert settled(county.house, sent) == ("projected", "")
    phone = Phone(county.house, user=county.inspector, device=county.device)
    assert phone.told(sent)["complete"] is False
    assert phone.upload(files[1]).status in {201, 204}
    until(lambda: completed(county.house, sent), what="completion")


def test_what_the_door_would_refuse_is_told_and_the_rest_is_taken(county: County, tmp_path) -> None:
    good, bad = county.entry(), county.entry()
    del bad["payload"]["unit"]
    shown = county.bring(county.export([good, bad], []), tmp_path)
    assert "不能收下" in shown["page"]
    taken = county.clerk("do", shown["url"] + "take/")
    assert "已收下" in taken["page"]
    assert settled(county.house, good)[0] == "projected"
    other = written(good).replace("王主任", "李主任")
    shown = county.bring(export([other], user=county.inspector, device=county.device), tmp_path)
    assert "内容不同" in county.clerk("do", shown["url"] + "take/")["page"]


def test_another_offices_another_systems_and_other_files_are_refused_with_words(
    county: County, tmp_path
) -> None:
    mine = county.export([county.entry()], [])
    assert "不是本督导室督学的" in county.bring(mine, tmp_path, who=county.stranger)["page"]
    foreign = export([written(county.entry())], user=county.inspector, device=UUID(int=5))
    assert "来自另一个系统" in county.bring(foreign, tmp_path)["page"]
    answer = county.bring(b"PK\x03\x04 not ours", tmp_path)
    assert answer["status"] == 422
    assert "不是手机导出的文件" in answer["page"]
    shown = county.bring(mine, tmp_path)
    assert county.clerk("look", shown["url"], who=county.stranger)["status"] == 404
    assert "已放弃" in county.clerk("do", shown["url"] + "discard/")["page"]
