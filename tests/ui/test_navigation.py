"""The left navigation says where one is, also on pages that have no line of their own."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from dudao.notify import services as notify


@pytest.mark.parametrize(
    ("page", "entry"),
    [
        ("office:home", "工作台"),
        ("intake:phones", "手机同步情况"),
        ("intake:quarantine", "手机同步情况"),
        ("intake:handovers", "手机同步情况"),
        ("findings:look-backs", "回头看"),
        ("findings:ledger", "问题整改"),
    ],
)
def test_the_entry_of_a_page_is_current_and_no_other(at, signed_in, page, entry) -> None:
    answer = signed_in(at.officer).get(reverse(page))
    current = BeautifulSoup(answer.content, "html.parser").select(
        "nav [aria-current=page], aside [aria-current=page]"
    )
    assert [one.get_text(strip=True) for one in current] == [entry]


def test_what_is_unread_is_asked_for_once_a_page(at, signed_in, django_assert_max_num_queries) -> None:
    for number in range(3):
        notify.send_once(
            "finding.settle", key=f"t:{number}", to=[at.officer], params={"unit": "第一小学", "wording": "="}
        )
    with django_assert_max_num_queries(60) as told:
        answer = signed_in(at.officer).get(reverse("findings:ledger"))
    badges = BeautifulSoup(answer.content, "html.parser").select(".unread")
    assert {one.get_text(strip=True) for one in badges} == {"3"}
    assert len([one for one in told if 'FROM "notify_message"' in one["sql"]]) == 1
