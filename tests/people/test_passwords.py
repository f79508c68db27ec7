"""What is said of a password: in one voice, in both languages."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.password_validation import password_validators_help_texts
from django.urls import reverse
from django.utils import translation

from tests import factories

OLD = "correct horse battery"


def page_of(client, new: str, *, old: str = OLD, language: str = "zh-hans") -> str:
    """What the page answers to a new password that it refuses."""
    typed = {"old_password": old, "new_password1": new, "new_password2": new}
    answer = client.post(reverse("people:password"), typed, headers={"accept-language": language})
    assert answer.status_code == 422
    return BeautifulSoup(answer.content.decode(), "html.parser").get_text(" ", strip=True)


@pytest.fixture
def client(at, signed_in):
    one = factories.person(name="周敏")
    one.username = "zhoumin2024"
    one.save(update_fields=["username"])
    return signed_in(at.officer.__class__.objects.get(pk=one.pk))


@pytest.mark.parametrize(
    ("password", "zh", "en"),
    [
        ("kurz1", "密码太短，至少要 10 个字符。", "too short"),
        ("zhoumin2024", "密码与您的账号太相似", "too similar"),
        ("iloveyou12", "很多人在用的密码", "many people use"),
        ("84713902645", "密码不能全是数字", "only of digits"),
    ],
)
def test_each_fault_is_named_in_the_person_s_language(client, password, zh, en) -> None:
    said = page_of(client, password)
    assert zh in said
    assert "你" not in said
    assert en in page_of(client, password, language="en")


def test_a_wrong_old_password_is_told_politely(client) -> None:
    said = page_of(client, "another good horse", old="wrong")
    assert "您的旧密码不正确" in said
    assert "你" not in said


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_hints_are_short_and_our_own(client, language) -> None:
    with translation.override(language):
        hints = [str(one) for one in password_validators_help_texts()]
    assert len(hints) == 4
    assert not any("你" in one for one in hints)
    shown = client.get(reverse("people:password"), headers={"accept-language": language}).content.decode()
    assert all(one in shown for one in hints)
    assert any("一" <= one <= "鿿" for one in "".join(hints)) == (language == "zh-hans")
