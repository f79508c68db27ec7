"""Which columns a list looks in for a text."""

from urllib.parse import urlencode

import pytest


@pytest.mark.parametrize(("text", "is_tried"), [("没有这所学校", False), ("dyxx", True)])
def test_only_what_may_stand_in_initials_is_looked_for_there(
    at, signed_in, django_assert_max_num_queries, text, is_tried
) -> None:
    client = signed_in(at.officer)
    with django_assert_max_num_queries(30) as asked:
        client.get(f"/units/?{urlencode({'q': text})}")
    looked = [one["sql"] for one in asked if one["sql"].count(text.upper()) + one["sql"].count(text)]
    assert looked, "nothing was looked for"
    conditions = [sql[sql.index(" WHERE ") :] for sql in looked]
    assert any("initials" in one for one in conditions) == is_tried


def test_a_school_is_found_by_its_name_and_by_its_initials(at, signed_in) -> None:
    client = signed_in(at.officer)
    for text in (at.unit.name, at.unit.initials, at.unit.initials.upper()):
        page = client.get(f"/units/?{urlencode({'q': text})}")
        assert at.unit.name in page.content.decode()
