"""What leaves the application: real mail to a real mail server, lines to a group's robot, each once."""

import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dudao.kernel import clock
from dudao.notify import channels, delivering, digests, preferences, robots, services, urgent
from dudao.notify.models import Channel, Delivery, Message, Preference, Robot, State
from dudao.people.models import User
from dudao.rules.models import Rule, SpecialDay
from tests import factories

MORNING = datetime(2026, 9, 2, 0, 30, tzinfo=UTC)  # Wednesday, half past eight in Zhuzhou
KIND = "test.outside"
services.register(KIND, _("新问题待签收"), "%(unit)s")


class Postbox:
    """What a mail server was handed; `refuses` names an address it does not take."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.connections = 0
        self.refuses = ""

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, told: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return told

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address == self.refuses:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"

    def texts(self) -> list[str]:
        return [_text(one) for one in self.mails]


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


@pytest.fixture
def postbox(settings: Any) -> Iterator[Postbox]:
    box = Postbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings.NOTIFY_MAIL = (
        f"mailto://127.0.0.1:{port}?from=dudao@example.cn&to={{to}}&mode=insecure&format=text"
    )
    yield box
    server.stop()


@contextmanager
def group(monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any], status: int = 200) -> Iterator[list[Any]]:
    """The robot of a chat application on this machine; yields what it was told."""
    heard: list[Any] = []

    class Robot(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Robot)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}/robot"
    known = channels.GROUPS[Channel.WECOM]._replace(address=re.compile(re.escape(here)))
    monkeypatch.setitem(channels.GROUPS, Channel.WECOM, known)
    yield SimpleNamespace(heard=heard, address=here)  # type: ignore[misc]
    server.shutdown()


def wants_mail(user: User, mail: str = "head@example.cn", **more: Any) -> Preference:
    with clock.set_to(MORNING - timedelta(days=7)):
        return Preference.objects.create(
            user=user, mail=mail, mail_confirmed_at=clock.now(), by_mail=True, **more
        )


def tell(user: User, number: int, *, is_urgent: bool = False, at: datetime = MORNING) -> None:
    services.send_once(
        KIND,
        key=f"k{number}",
        to=[user],
        params={"unit": f"学校{number}"},
        at=at,
        urgent=is_urgent,
        url="/x/",
    )


def run(moment: datetime) -> int:
    """What the worker does at this moment; returns how many left."""
    with clock.set_to(moment):
        urgent.write_due()
        digests.write_due()
        return delivering.deliver()


def test_thirty_messages_are_one_mail_a_day(at: factories.Place, postbox: Postbox) -> None:
    wants_mail(at.head)
    for number in range(35):
        tell(at.head, number, at=MORNING - timedelta(hours=1))
    assert run(MORNING) == 1
    assert [run(MORNING + timedelta(minutes=5 * step)) for step in range(3)] == [0, 0, 0]
    [mail] = postbox.mails
    assert mail["To"] == "head@example.cn"
    assert "35 条新消息" in mail["Subject"]
    assert "学校0" in _text(mail)
    assert "另有 5 条" in _text(mail)
    tell(at.head, 99, at=MORNING + timedelta(hours=1))  # after the digest: tomorrow's
    assert run(MORNING + timedelta(hours=2)) == 0
    assert run(MORNING + timedelta(days=1)) == 1
    assert "学校99" in postbox.texts()[1]
    assert "学校0" not in postbox.texts()[1]


def test_nothing_new_is_no_mail(at: factories.Place, postbox: Postbox) -> None:
    wants_mail(at.head)
    tell(at.head, 1, at=MORNING - timedelta(hours=1))
    services.mark_read(at.head)
    assert run(MORNING) == 0
    assert not Delivery.objects.exists()


def test_no_digest_at_night_or_on_a_day_of_rest(at: factories.Place, postbox: Postbox) -> None:
    wants_mail(at.head)
    tell(at.head, 1, at=MORNING - timedelta(hours=9))
    assert run(MORNING.replace(hour=22, day=1)) == 0  # six in the morning
    assert run(MORNING.replace(hour=13, day=1)) == 0  # nine in the evening
    SpecialDay.objects.update_or_create(day="2026-09-02", defaults={"works": False, "name": "x"})
    assert run(MORNING) == 0
    assert run(MORNING + timedelta(days=1)) == 1


def test_an_office_sets_its_own_hour(at: factories.Place, postbox: Postbox) -> None:
    wants_mail(at.head)
    tell(at.head, 1, at=MORNING - timedelta(hours=1))
    national = Rule.objects.get(key="notify.digest_hour", region=None)
    Rule.objects.create(
        key=national.key,
        name="x",
        name_en="x",
        region=at.county,
        value=14,
        starts_on="2026-01-01",
        source="x",
    )
    assert run(MORNING) == 0
    assert run(MORNING.replace(hour=6)) == 1  # two in the afternoon


def test_grave_danger_leaves_at_once_at_night(at: factories.Place, postbox: Postbox) -> None:
    wants_mail(at.head)
    night = MORNING.replace(hour=18)
    tell(at.head, 1, is_urgent=True, at=night)
    tell(at.head, 2, at=night)
    assert run(night) == 1
    assert run(night) == 0
    [mail] = postbox.mails
    assert "学校1" in _text(mail)
    assert "学校1" not in mail["Subject"]  # what a locked screen shows


def test_a_mail_server_that_is_down_is_asked_again_later(
    at: factories.Place, settings: Any, postbox: Postbox
) -> None:
    working = settings.NOTIFY_MAIL
    settings.NOTIFY_MAIL = re.sub(r":\d+\?", ":9?", working)  # nobody listens there
    people = [factories.person() for _one in range(8)]
    for number, person in enumerate(people):
        wants_mail(person, f"p{number}@example.cn")
        tell(person, number, at=MORNING - timedelta(hours=1))
    assert run(MORNING) == 0
    tried = Delivery.objects.filter(attempts__gt=0)
    assert tried.count() == delivering.DOWN_AFTER  # not each of them
    assert all(one.fault for one in tried)
    settings.NOTIFY_MAIL = working
    assert run(MORNING + timedelta(seconds=30)) == 0
    assert run(MORNING + timedelta(minutes=2)) == 8
    assert sorted(str(one["To"]) for one in postbox.mails) == [f"p{n}@example.cn" for n in range(8)]


def test_one_wrong_address_stops_nobody_else(at: factories.Place, postbox: Postbox) -> None:
    postbox.refuses = "wrong@example.cn"
    for number, mail in enumerate(["wrong@example.cn", "right@example.cn"]):
        person = factories.person()
        wants_mail(person, mail)
        tell(person, number, at=MORNING - timedelta(hours=1))
    assert run(MORNING) == 1
    moment = MORNING
    for _try in range(delivering.ATTEMPTS):
        moment += delivering.LONGEST_WAIT
        run(moment)
    refused = Delivery.objects.get(state=State.FAILED)
    assert refused.attempts == delivering.ATTEMPTS
    assert [str(one["To"]) for one in postbox.mails] == ["right@example.cn"]


def test_yesterdays_digest_does_not_come_beside_todays(
    at: factories.Place, settings: Any, postbox: Postbox
) -> None:
    working = settings.NOTIFY_MAIL
    settings.NOTIFY_MAIL = re.sub(r":\d+\?", ":9?", working)
    wants_mail(at.head)
    tell(at.head, 1, at=MORNING - timedelta(hours=1))
    run(MORNING)
    settings.NOTIFY_MAIL = working
    tell(at.head, 2, at=MORNING + timedelta(hours=12))
    assert run(MORNING + timedelta(days=1)) == 1
    assert len(postbox.mails) == 1
    assert Delivery.objects.filter(state=State.DROPPED).count() == 1


def test_a_worker_that_died_while_sending_sends_nothing_twice(at: factories.Place, postbox: Postbox) -> None:
    wants_mail(at.head)
    tell(at.head, 1, at=MORNING - timedelta(hours=1))
    with clock.set_to(MORNING):
        digests.write_due()
        [one] = Delivery.objects.all()
        assert delivering._claim(one)  # and here it dies
    assert run(MORNING + timedelta(minutes=5)) == 0
    assert run(MORNING + timedelta(minutes=15)) == 0
    one.refresh_from_db()
    assert one.state == State.UNKNOWN
    assert not postbox.mails
    assert delivering.send_again(one)  # a person decides
    assert run(MORNING + timedelta(minutes=16)) in (0, 1)


def test_an_address_counts_once_its_owner_answered(
    at: factories.Place, postbox: Postbox, signed_in: Any
) -> None:
    with clock.set_to(MORNING):
        client: Client = signed_in(at.head)
        page = client.post(
            reverse("notify:settings"), {"mail": "head@example.cn", "by_mail": "on"}, follow=True
        )
        assert "head@example.cn" in page.content.decode()
        tell(at.head, 1, at=MORNING)
        assert run(MORNING) == 1  # the asking mail alone
        found = re.search(r"https?://[^/\s]+(/messages/mail/\S+)", postbox.texts()[0])
        assert found
        other: Client = signed_in(at.officer)
        assert other.post(found[1]).status_code == 422  # the link is not theirs
        assert client.get(found[1]).status_code == 200
        assert not Preference.objects.all().reached().exists()  # a scanner that opens links confirms nothing
        assert client.post(found[1]).status_code == 302
    assert Preference.objects.all().reached().get().user == at.head
    tell(at.head, 2, at=MORNING + timedelta(hours=3))
    assert run(MORNING + timedelta(days=1)) == 1
    assert "学校2" in postbox.texts()[1]
    with clock.set_to(MORNING):
        preferences.keep(at.head, mail="new@example.cn", by_mail=True, by_sms=False)
    assert not Preference.objects.all().reached().exists()  # another address must answer anew


def test_without_a_mail_server_the_page_says_so(at: factories.Place, signed_in: Any) -> None:
    assert "尚未接通" in signed_in(at.head).get(reverse("notify:settings")).content.decode()


def test_a_digest_reads_in_the_persons_language(at: factories.Place, postbox: Postbox) -> None:
    wants_mail(at.head, language="en")
    tell(at.head, 1, at=MORNING - timedelta(hours=1))
    run(MORNING)
    assert "new message" in postbox.mails[0]["Subject"]


def test_a_group_hears_how_much_waits_but_not_what(
    at: factories.Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with group(monkeypatch, {"errcode": 0, "errmsg": "ok"}) as here:
        with clock.set_to(MORNING - timedelta(days=1)):
            robots.add(at.county, channel="WECOM", name="工作群", address=here.address, by=at.officer)  # type: ignore[attr-defined]
        tell(at.officer, 1, at=MORNING - timedelta(hours=1))
        tell(at.officer, 2, at=MORNING - timedelta(hours=1))
        run(MORNING)
        assert run(MORNING + timedelta(hours=1)) == 0
        [said] = here.heard  # type: ignore[attr-defined]
    text = said["text"]["content"]
    assert "新问题待签收 2 条" in text
    assert "学校1" not in text
    assert here.address not in str(list(Robot.objects.values()))  # type: ignore[attr-defined]


def test_a_robot_that_refuses_in_polite_words_has_not_heard(
    at: factories.Place, monkeypatch: pytest.MonkeyPatch, signed_in: Any
) -> None:
    """These services answer 200 to a wrong key."""
    with group(monkeypatch, {"errcode": 93000, "errmsg": "invalid webhook url"}) as here:
        robots.add(at.county, channel="WECOM", name="工作群", address=here.address, by=at.officer)  # type: ignore[attr-defined]
        client = signed_in(at.officer)
        robot = Robot.objects.get()
        client.post(reverse("notify:robot", args=[robot.pk, "try"]))
        assert delivering.deliver() == 0
    page = client.get(reverse("notify:robots")).content.decode()
    assert "invalid webhook url" in page


@pytest.mark.parametrize(
    "address",
    [
        "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0b0b0b0b-1111-2222-3333-444444444444",
        "https://qyapi.weixin.qq.com.evil.cn/cgi-bin/webhook/send?key=0b0b0b0b-1111-2222-3333-444444444444",
        "https://127.0.0.1/cgi-bin/webhook/send?key=0b0b0b0b-1111-2222-3333-444444444444",
        "",
    ],
)
def test_an_address_that_is_not_a_robots_is_refused(
    at: factories.Place, signed_in: Any, address: str
) -> None:
    typed = {"region": at.county.code, "channel": "WECOM", "name": "工作群", "address": address}
    page = signed_in(at.officer).post(reverse("notify:robots"), typed)
    assert page.status_code == 422
    assert 'value="工作群"' in page.content.decode()  # nothing typed is lost
    assert not Robot.objects.exists()


def test_five_thousand_reminders_in_one_night(
    at: factories.Place, django_assert_max_num_queries: Any
) -> None:
    people = User.objects.bulk_create(User(username=f"many{n}", name=f"n{n}") for n in range(1000))
    Preference.objects.bulk_create(
        Preference(
            user=person, mail=f"{person.username}@example.cn", mail_confirmed_at=MORNING, by_mail=True,
            digested_until=MORNING - timedelta(days=1),
        )
        for person in people
    )  # fmt: skip
    for number in range(5):
        services.send_once(
            KIND, key=f"night{number}", to=people, params={"unit": "x"}, at=MORNING - timedelta(hours=5)
        )
    assert Message.objects.count() == 5000
    with clock.set_to(MORNING), django_assert_max_num_queries(1100):  # one a person, to take their day
        assert digests.write_due() == 0  # no mail server is set up: nobody's day has anything to carry
    Preference.objects.update(digested_on=None, digested_until=MORNING - timedelta(days=1))
    with pytest.MonkeyPatch.context() as patch, clock.set_to(MORNING):
        patch.setattr("dudao.notify.digests.is_open", lambda channel: True)
        assert digests.write_due() == 1000
        assert digests.write_due() == 0
    assert Delivery.objects.count() == 1000
