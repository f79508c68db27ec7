"""Accounts: opened, brought in from Excel, given a one-time password, switched off and on again."""

import io
from importlib import import_module

import openpyxl
import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dudao.imports import running, services
from dudao.imports.declared import of
from dudao.imports.models import Import
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden
from dudao.kernel.ids import uuid7
from dudao.people import accounts
from dudao.people.devices import DeviceRevoked, owner, sign_in
from dudao.people.models import Assignment, Device, Grant, User
from dudao.people.roles import Role
from tests import factories

TODAY = clock.today()
OWN = "a password of my own 9"


@pytest.fixture(autouse=True)
def _real_hashers(settings) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]


def password_in(answer) -> str:
    page = answer.content.decode()
    return page.split('user-select-all">')[1].split("<")[0]


def come_in(username: str, password: str) -> Client:
    """Sign in with a one-time password and choose one's own."""
    client = Client()
    answer = client.post(reverse("people:sign-in"), {"username": username, "password": password})
    assert answer.url == reverse("people:first-password")
    assert client.get("/").status_code == 302, "nothing is open yet"
    weak = client.post(answer.url, {"new_password1": "12345", "new_password2": "12345"})
    assert weak.status_code == 422
    assert client.post(answer.url, {"new_password1": OWN, "new_password2": OWN}).status_code == 302
    return client


def new_account(**changes: object) -> dict[str, object]:
    return {"username": "zhoumin", "name": "周敏", "role": "UNIT", "starts_on": str(TODAY)} | changes


def test_an_office_opens_an_account_and_the_person_comes_in(at, signed_in) -> None:
    client = signed_in(at.officer)
    assert client.post(reverse("office:account-new"), new_account(username="周敏")).status_code == 422
    answer = client.post(reverse("office:account-new"), new_account(unit=at.unit.code))
    assert answer["Cache-Control"] == "no-store"
    person = come_in("zhoumin", password_in(answer))
    assert person.get(reverse("office:unit", args=[at.unit.pk])).status_code == 200
    again = Client().post(reverse("people:sign-in"), {"username": "zhoumin", "password": password_in(answer)})
    assert again.status_code == 422, "the one-time password is used up"
    kinds = Event.objects.filter(object_id=str(User.objects.get(username="zhoumin").pk)).values_list(
        "kind", flat=True
    )
    assert {"account.open", "grant.give", "account.hand_out", "account.password"} <= set(kinds)
    taken = client.post(reverse("office:account-new"), new_account(username="ZhouMin", unit=at.unit.code))
    assert "已被使用" in taken.content.decode()


def test_an_account_outside_one_s_area_is_not_opened_at_all(at, signed_in) -> None:
    elsewhere = factories.place()
    answer = signed_in(at.officer).post(reverse("office:account-new"), new_account(unit=elsewhere.unit.code))
    assert answer.status_code == 422
    assert not User.objects.filter(username="zhoumin").exists()


def test_the_system_s_administrator_opens_accounts_and_the_security_one_gives_rights(at, signed_in) -> None:
    security = factories.person(Role.SECURITY, of=at.city)
    answer = signed_in(at.administrator).post(
        reverse("office:account-new"), {"username": "li4", "name": "李四"}
    )
    assert answer.status_code == 200
    made = User.objects.get(username="li4")
    data = {"role": "CITY_OFFICE", "region": at.city.code, "starts_on": str(TODAY)}
    assert (
        signed_in(at.administrator).post(reverse("office:grant-new", args=[made.pk]), data).status_code == 403
    )
    assert signed_in(security).post(reverse("office:grant-new", args=[made.pk]), data).status_code == 302
    assert signed_in(security).post(reverse("office:account-password", args=[made.pk])).status_code == 403


def test_a_newly_appointed_inspector_without_schools_belongs_to_the_office(at, signed_in) -> None:
    client = signed_in(at.officer)
    client.post(reverse("office:account-new"), new_account(role="INSPECTOR"))
    made = User.objects.get(username="zhoumin")
    assert client.get(reverse("office:account", args=[made.pk])).status_code == 200
    assert (
        signed_in(factories.place().officer).get(reverse("office:account", args=[made.pk])).status_code == 404
    )


def test_a_password_is_reset_only_by_who_could_give_all_the_person_has(at) -> None:
    for account, by in ((at.city_officer, at.officer), (at.auditor, at.city_officer), (at.officer, at.officer), (at.officer, at.auditor)):  # fmt: skip
        with pytest.raises(Forbidden):
            accounts.reset_password(account, by=by)
    elsewhere = factories.place()
    Grant.objects.create(user=at.head, role=Role.UNIT, unit=elsewhere.unit)
    with pytest.raises(Forbidden):
        accounts.reset_password(at.head, by=at.officer)
    for role in (Role.SECURITY, Role.AUDIT):
        with pytest.raises(Forbidden):
            accounts.reset_password(factories.person(role, of=at.city), by=at.administrator)
    accounts.reset_password(at.city_officer, by=at.administrator)


def test_a_reset_password_ends_sessions_and_opens_a_locked_door(at, signed_in) -> None:
    session = signed_in(at.head)
    for _attempt in range(6):
        Client().post(reverse("people:sign-in"), {"username": at.head.username, "password": "wrong"})
    answer = signed_in(at.officer).post(reverse("office:account-password", args=[at.head.pk]))
    assert session.get("/").status_code == 302
    come_in(at.head.username, password_in(answer))


def test_a_one_time_sign_in_does_not_outlive_the_next_reset(at) -> None:
    first = accounts.reset_password(at.head, by=at.officer)
    client = Client()
    client.post(reverse("people:sign-in"), {"username": at.head.username, "password": first})
    accounts.reset_password(at.head, by=at.officer)
    answer = client.post(reverse("people:first-password"), {"new_password1": OWN, "new_password2": OWN})
    assert answer.url == reverse("people:sign-in")
    assert Client().get(reverse("people:first-password")).url == reverse("people:sign-in")


def test_a_leaver_is_out_at_once_and_comes_back_with_nothing(at, signed_in) -> None:
    session = signed_in(at.inspector)
    phone = uuid7()
    token = sign_in(at.inspector, device_id=phone, name="手机").token
    client = signed_in(at.officer)
    assert (
        client.post(reverse("office:account-switch", args=[at.inspector.pk]), {"to": "off"}).status_code
        == 302
    )
    assert (
        client.post(reverse("office:account-switch", args=[at.inspector.pk]), {"to": "off"}).status_code
        == 409
    )
    assert session.get("/").status_code == 302
    assert Grant.objects.get(user=at.inspector).ends_on == TODAY
    with pytest.raises(Exception, match="登录"):
        owner(f"Bearer {token}")
    answer = client.post(reverse("office:account-switch", args=[at.inspector.pk]), {"to": "on"})
    come_in(at.inspector.username, password_in(answer))
    assert session.get("/").status_code == 302, "an old session does not come back to life"
    with pytest.raises(DeviceRevoked):
        owner(f"Bearer {token}")
    client.post(reverse("office:device", args=[phone]), {"to": "on"})
    assert Device.objects.get(pk=phone).revoked_at is None
    assert owner(f"Bearer {token}") == at.inspector


def test_a_leaver_with_a_school_stays_in_sight(at, signed_in) -> None:
    accounts.switch_off(at.inspector, by=at.officer)
    assert Assignment.objects.filter(inspector=at.inspector).exists()
    page = signed_in(at.officer).get(reverse("people:accounts"), {"active": "0"}).content.decode()
    assert at.inspector.name in page


def test_facts_are_corrected_and_the_journal_says_what(at, signed_in) -> None:
    address = reverse("office:account-edit", args=[at.head.pk])
    assert signed_in(at.officer).post(address, {"name": ""}).status_code == 422
    assert signed_in(at.officer).post(address, {"name": "新名字", "phone": "13800001234"}).status_code == 302
    event = Event.objects.get(kind="account.change")
    assert event.after == {"name": "新名字", "phone": "13800001234"}
    assert signed_in(at.auditor).post(address, {"name": "x"}).status_code == 403


HEAD = ["姓名", "账号", "手机", "职务", "角色", "区县", "学校代码", "止"]


def bring_in(rows: list[list[object]], by: User) -> Import:
    book = openpyxl.Workbook()
    for row in [HEAD, *rows]:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    importing = of("accounts")
    assert importing is not None
    one = services.bring_in(SimpleUploadedFile("账号.xlsx", buffer.getvalue()), importing, by=by)
    running.check(one.pk)
    one.refresh_from_db()
    return one


def confirm(one: Import) -> None:
    importing = of("accounts")
    assert importing is not None
    services.confirm(one, importing, by=one.user, only_right=True)
    running.apply(one.pk)


def test_accounts_come_in_from_excel_and_their_passwords_are_handed_out_once(at, signed_in) -> None:
    one = bring_in(
        [
            ["周敏", 13800001234, 13800001234, "校长", "被督导单位", "", at.unit.code, ""],
            ["李强", "liqiang", "", "督学", "责任督学", "", "", "2030-08-31"],
            ["王芳", "wangfang", "", "科员", "县级督导室工作人员", at.county.name, "", ""],
        ],
        at.officer,
    )
    confirm(one)
    client = signed_in(at.officer)
    page = client.get(reverse("office:first-passwords")).content.decode()
    assert "下载 3 个密码" in page
    answer = client.post(reverse("office:first-passwords-file"), {"import": str(one.pk)})
    assert answer["Cache-Control"] == "no-store"
    rows = list(
        openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(min_row=2, values_only=True)
    )
    assert {row[1] for row in rows} == {"13800001234", "liqiang", "wangfang"}
    again = client.post(reverse("office:first-passwords-file"), {"import": str(one.pk)})
    assert again.status_code == 302, "once means once"
    name, password = next(row[1:3] for row in rows if row[1] == "13800001234")
    assert come_in(name, password).get(reverse("office:unit", args=[at.unit.pk])).status_code == 200
    assert not Event.objects.filter(note__contains=password).exists()
    assert Grant.objects.get(user__username="liqiang").assigned


def test_rows_that_reach_too_far_are_named(at) -> None:
    elsewhere = factories.place()
    one = bring_in(
        [
            ["甲", "jia", "", "", "市督导办工作人员", at.county.name, "", ""],
            ["乙", "yi1", "", "", "被督导单位", "", elsewhere.unit.code, ""],
            ["丙", "bing", "", "", "县级督导室工作人员", elsewhere.county.name, "", ""],
            ["丁", "ding", "", "", "", "", "", ""],
            ["戊", elsewhere.head.username, "", "", "", "", "", ""],
            ["己", "ji1", "", "", "被督导单位", "", "", ""],
            ["庚", "geng", "", "", "审计、纪检", at.county.name, "", ""],
            ["辛", "xin", "", "", "责任督学", "", "", "2020-01-01"],
        ],
        at.officer,
    )
    assert [row.state for row in one.rows.all()] == ["WRONG"] * 8


def test_a_known_account_is_corrected_and_gets_the_right_it_lacks(at) -> None:
    one = bring_in([["新名", at.head.username, "", "", "被督导单位", "", at.unit.code, ""]], at.officer)
    row = one.rows.get()
    assert (row.state, set(row.changes)) == ("CHANGED", {"name"})
    confirm(one)
    other = factories.unit(of=at.county)
    confirm(bring_in([["新名", at.head.username, "", "", "被督导单位", "", other.code, ""]], at.officer))
    assert Grant.objects.filter(user=at.head, role=Role.UNIT).count() == 2
    assert User.objects.get(pk=at.head.pk).name == "新名"


def test_many_accounts_get_their_passwords_at_once(at) -> None:
    users = [User(username=f"n{n}", name=f"人{n}", password="!x") for n in range(300)]
    User.objects.bulk_create(users)
    made = list(User.objects.filter(username__startswith="n", password="!x"))
    Grant.objects.bulk_create(Grant(user=one, role=Role.UNIT, unit=at.unit) for one in made)
    handed = accounts.hand_out(made, by=at.officer)
    assert len({one.password for one in handed}) == 300
    assert not accounts.hand_out(User.objects.filter(pk__in=[one.pk for one in made]), by=at.officer)


def test_people_of_before_are_given_their_initials(at) -> None:
    """The migration; an empty database passes it without the dictionary."""
    User.objects.filter(pk=at.head.pk).update(name="欧阳立新", initials="")
    known_before = at.officer.initials
    import_module("dudao.people.migrations.0008_initials_of_people").fill_in(apps, None)
    at.head.refresh_from_db()
    at.officer.refresh_from_db()
    assert (at.head.initials, at.officer.initials) == ("oylx", known_before)
