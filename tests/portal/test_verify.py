"""The public page of a document says where its pictures come from and whether they are what they were, and shows none."""

import pytest
from django.test import Client
from django.urls import reverse

from dudao.documents.models import Document
from dudao.intake import completion, projectors
from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from dudao.people.devices import sign_in
from tests import factories
from tests.intake.signing import Key, arrived, body


@pytest.fixture
def report(at, own_store) -> Document:
    """The report of a visit with one photo, sent and signed by a phone."""
    picture, device, key = factories.picture(at.inspector), uuid7(), Key()
    sign_in(at.inspector, device_id=device, name="Android 10 Chrome", public_key=key.public)
    sheet = factories.sheet(at, files=[picture])
    sheet["manifest"][0] |= {
        "captured_at": clock.now().isoformat(), "place": {"lat": 27.8, "lng": 113.1, "accuracy_m": 12}, "name": "校长办公室.jpg",
    }  # fmt: skip
    sent = body(sheet, key=key)
    arrived(sent, user=at.inspector, device=device)
    projectors.run()
    completion.check()
    return Document.objects.filter(subject_id=sent["id"], kind="visit-report").get()


def page(report: Document) -> str:
    return Client().get(reverse("portal:verify", args=[report.code])).content.decode()


def test_each_picture_is_vouched_for_and_not_shown(at, report) -> None:
    shown = page(report)
    for words in ("自拍摄以来未改动", "误差约 12 米", "Android 10 Chrome", "签名有效", "服务器收到"):
        assert words in shown
    assert "校长办公室" not in shown, "names of files are the inspector's"
    assert "27.8" not in shown
    assert at.inspector.name not in shown
    assert "/evidence/" not in shown, "no picture"
    assert "重新计算" in shown


def test_a_picture_changed_on_the_server_is_said_to_be(report, own_store) -> None:
    store = own_store
    sha256 = next(path.name for path in store.root.rglob("*") if path.is_file())
    store.path_of(sha256).write_bytes(b"another picture")
    shown = page(report)
    assert "内容已变化" in shown
    assert "自拍摄以来未改动" not in shown
    store.path_of(sha256).unlink()
    assert "文件丢失" in page(report)
