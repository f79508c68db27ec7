"""The lists of words: extended by who has a say over everything, never shortened."""

import pytest
from django.urls import reverse

from dudao.findings.states import Disposition
from dudao.journal.models import Event
from dudao.kernel.errors import Forbidden, Invalid
from dudao.people.models import User
from dudao.rules import wording
from dudao.rules.models import Word, WordKind
from dudao.rules.queries import offered, words
from tests import factories


def test_the_eight_themes_and_the_ways_of_settling_are_there(db) -> None:
    assert [word.key for word in words(WordKind.THEME)] == [f"T{n}" for n in range(1, 9)]
    assert {word.key for word in words(WordKind.DISPOSITION)} == set(Disposition)


def test_a_word_is_added_renamed_hidden_and_put_in_its_place(at, signed_in) -> None:
    client = signed_in(at.administrator)
    assert client.post(reverse("office:word-add", args=["THEME"]), {"zh": "教育数字化"}).status_code == 302
    word = Word.objects.get(zh="教育数字化")
    assert (word.key, word.label) == ("T9", "教育数字化")
    client.post(reverse("office:word-move", args=[word.pk]), {"to": "up"})
    assert [one.key for one in words(WordKind.THEME)][-2:] == ["T9", "T8"]
    client.post(reverse("office:word", args=[word.pk]), {"zh": "数字教育", "en": "Digital"})
    assert "数字教育" in client.get(reverse("office:words-of", args=["THEME"])).content.decode()
    assert word.key not in [one.key for one in offered(WordKind.THEME)], "the box was not ticked: hidden"
    assert word.key in [one.key for one in words(WordKind.THEME)], "old records still find its name"
    assert Event.objects.filter(kind__startswith="word.", object_id=str(word.pk)).count() == 3


def test_the_same_word_twice_is_refused(at, signed_in) -> None:
    answer = signed_in(at.administrator).post(
        reverse("office:word-add", args=["CATEGORY"]), {"zh": "睡眠管理"}
    )
    assert answer.status_code == 422
    assert "已有“睡眠管理”" in answer.content.decode()


def test_severities_can_only_be_renamed(at) -> None:
    word = Word.objects.get(kind="SEVERITY", key="MINOR")
    wording.change_word(word, zh="轻微", en="Slight", is_active=True, by=at.administrator)
    word.refresh_from_db()
    assert (word.zh, word.key) == ("轻微", "MINOR")
    with pytest.raises(Invalid):
        wording.change_word(word, zh="轻微", en="", is_active=False, by=at.administrator)
    with pytest.raises(Invalid):
        wording.add_word(WordKind.SEVERITY, zh="特重", en="", by=at.administrator)


def test_the_last_word_of_a_list_stays(at) -> None:
    rows = list(Word.objects.filter(kind="METHOD"))
    Word.objects.filter(kind="METHOD").exclude(pk=rows[0].pk).update(is_active=False)
    with pytest.raises(Invalid):
        wording.change_word(rows[0], zh=rows[0].zh, en=rows[0].en, is_active=False, by=at.administrator)


def test_only_who_has_a_say_over_everything_keeps_the_words(at, signed_in) -> None:
    wording.add_word(WordKind.METHOD, zh="问卷星", en="", by=at.city_officer)
    elsewhere = factories.place()
    for who in (User.objects.get(pk=at.city_officer.pk), elsewhere.officer, at.auditor):
        with pytest.raises(Forbidden):
            wording.add_word(WordKind.METHOD, zh="查房", en="", by=who)
    page = signed_in(at.officer).get(reverse("office:words")).content.decode()
    assert reverse("office:word-add", args=["CATEGORY"]) not in page
    assert signed_in(at.officer).get(reverse("office:words-of", args=["NONSENSE"])).status_code == 404
