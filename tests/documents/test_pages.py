"""The list of documents and their files, for those whose they are."""

import pytest
from django.urls import reverse

from dudao.documents import queries, rendering, services
from tests.documents.conftest import letter

SEES = [
    ("city", True),
    ("office", True),
    ("inspector", True),
    ("school", True),
    ("other_office", False),
    ("other_inspector", False),
    ("other_school", False),
]


@pytest.fixture
def ready(files_folder, issued):
    return rendering.render(str(issued.pk))


@pytest.mark.parametrize(("who", "sees"), SEES)
def test_a_document_is_for_its_region_its_school_and_its_inspector(client, county, ready, who, sees):
    user = getattr(county.people, who)
    client.force_login(user)
    assert queries.documents_visible_to(user).filter(pk=ready.pk).exists() is sees
    for name in ("pdf", "docx"):
        assert client.get(reverse(f"documents:{name}", args=[ready.pk])).status_code == (200 if sees else 404)


def test_a_person_without_the_right_is_turned_away(client, county, ready):
    client.force_login(county.people.administrator)
    assert client.get(reverse("documents:list")).status_code == 403
    assert client.get(reverse("documents:pdf", args=[ready.pk])).status_code == 403


def test_nobody_sees_anything_without_signing_in(client, ready):
    assert client.get(reverse("documents:pdf", args=[ready.pk])).status_code == 302


def test_the_pdf_opens_in_the_browser_under_its_chinese_name(client, county, ready):
    client.force_login(county.people.office)
    answer = client.get(reverse("documents:pdf", args=[ready.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("inline; filename*=utf-8''%E6%A0%AA%E5%A4%A9")
    assert b"".join(answer).startswith(b"%PDF")
    again = client.get(reverse("documents:pdf", args=[ready.pk]) + "?download=1")
    assert again["Content-Disposition"].startswith("attachment;")


def test_a_file_name_holds_nothing_a_disk_refuses(client, county, files_folder):
    made = services.issue(letter(title='a/b\\c:d*e"f<g>h|i?'), issuer=county.region, by=None)
    rendering.render(str(made.pk))
    client.force_login(county.people.office)
    disposition = client.get(reverse("documents:docx", args=[made.pk]))["Content-Disposition"]
    assert "a_b_c_d_e_f_g_h_i_.docx" in disposition


def test_while_the_files_are_being_made_the_page_says_so(client, county, issued):
    client.force_login(county.people.office)
    answer = client.get(reverse("documents:pdf", args=[issued.pk]))
    assert answer.status_code == 409
    assert "文件正在生成" in answer.content.decode()


def test_the_list_is_filtered_by_its_address(client, county, ready):
    services.issue(letter(kind="finding-list", title="问题清单的通知"), issuer=county.region, by=None)
    client.force_login(county.people.office)
    page = reverse("documents:list")
    for query, count in [
        ("", 2),
        ("?kind=finding-list", 1),
        ("?kind=nonsense", 2),
        ("?year=2025", 0),
        ("?year=2026", 2),
        ("?year=〇〇〇〇", 2),
        ("?q=泰山", 1),
        ("?q=〕2号", 1),
        ("?page=99", 2),
    ]:
        answer = client.get(page + query)
        assert answer.status_code == 200
        assert answer.context["page"].paginator.count == count, query


def test_the_list_costs_the_same_for_two_and_for_twelve(client, county, django_assert_max_num_queries):
    client.force_login(county.people.office)
    for _ in range(2):
        services.issue(letter(), issuer=county.region, unit=county.school, by=None)
    client.get(reverse("documents:list"))
    with django_assert_max_num_queries(14) as few:
        client.get(reverse("documents:list"))
    for _ in range(10):
        services.issue(letter(), issuer=county.region, unit=county.school, by=None)
    with django_assert_max_num_queries(14) as many:
        client.get(reverse("documents:list"))
    assert len(many) == len(few)


def test_documents_of_a_thing_are_found_by_it(county):
    made = services.issue(
        letter(), issuer=county.region, unit=county.school, subject=county.school, by=county.people.inspector
    )
    assert list(queries.documents_of(county.people.office, county.school)) == [made]
    assert not queries.documents_of(county.people.other_office, county.school)
