"""The left navigation says where one is, also on pages that have no line of their own."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse


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
