"""Who begins is told what is still missing, until it is there or the person wants to hear no more of it."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from dudao.inspectors import services as inspectors
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from dudao.people.devices import sign_in
from dudao.people.roles import Role
from dudao.plans.services import set_month
from dudao.rules.models import Term
from dudao.rules.terms import keep_term, term_of
from tests import factories

HOME = "office:home"


@pytest.fixture
def new_county(db) -> factories.Region:
    region = factories.region(parent=factories.region())
    region.office = region.office_mark = ""
    region.save()
    return region


def missing(client) -> list[str]:
    """The headings of the steps not done, as the page numbers them."""
    page = BeautifulSoup(client.get(reverse(HOME)).content.decode(), "html.parser")
    return [
        step.strong.get_text(strip=True)
        for step in page.select("section[aria-labelledby=first-steps] li")
        if "未完成" in step.get_text()
    ]


def test_a_new_county_goes_from_nothing_to_all_it_needs(new_county, signed_in) -> None:
    officer = factories.person(Role.COUNTY_OFFICE, of=new_county)
    client = signed_in(officer)
    assert missing(client) == [
        "1. 督导机构", "2. 学校", "3. 督学", "4. 责任区与责任督学", "5. 本学年的学期", "6. 月度主题", "7. 学校的账号",
    ]  # fmt: skip

    office = {"office": "试验县人民政府教育督导室", "office_mark": "试教督"}
    client.post(reverse("office:region", args=[new_county.code]), office)
    assert missing(client)[0] == "2. 学校"

    school = factories.unit(of=new_county)
    assert missing(client)[0] == "3. 督学"

    one = inspectors.register(factories.person(), new_county, by=officer, engagement="PART_TIME")
    assert missing(client)[0] == "4. 责任区与责任督学"

    zone = inspectors.open_zone(new_county, name="第一责任区", lead=None, on=clock.today(), by=officer)
    assert missing(client)[0] == "4. 责任区与责任督学", "a zone alone makes nobody responsible"
    inspectors.arrange([school], zone=zone, inspector=one.user, on=clock.today(), by=officer)
    assert missing(client)[0] == "5. 本学年的学期"

    year = term_of(clock.today(), region=new_county).year
    keep_term(new_county, year, Term.AUTUMN, starts_on=date(year, 9, 1), ends_on=date(year + 1, 1, 20), source="校历", by=officer)  # fmt: skip
    assert missing(client)[0] == "5. 本学年的学期", "a school year has two terms"
    keep_term(new_county, year, Term.SPRING, starts_on=date(year + 1, 2, 20), ends_on=date(year + 1, 7, 5), source="校历", by=officer)  # fmt: skip
    assert missing(client)[0] == "6. 月度主题"

    set_month(new_county, clock.today().replace(day=1), themes=[], instruments=[], subject="开学", by=officer)
    assert missing(client) == ["7. 学校的账号"]

    factories.person(Role.UNIT, of=school)
    assert "第一步" not in client.get(reverse(HOME)).content.decode()


def test_every_step_leads_to_a_page_the_office_may_open(new_county, signed_in) -> None:
    client = signed_in(factories.person(Role.COUNTY_OFFICE, of=new_county))
    page = BeautifulSoup(client.get(reverse(HOME)).content.decode(), "html.parser")
    links = [link["href"] for link in page.select("section[aria-labelledby=first-steps] a")]
    assert len(links) == 10
    assert [client.get(link).status_code for link in links] == [200] * len(links)


def test_what_the_city_has_set_need_not_be_set_again(new_county, signed_in) -> None:
    city = new_county.parent
    officer = factories.person(Role.CITY_OFFICE, of=city)
    set_month(city, clock.today().replace(day=1), themes=[], instruments=[], subject="开学", by=officer)
    client = signed_in(factories.person(Role.COUNTY_OFFICE, of=new_county))
    assert "6. 月度主题" not in missing(client)


def test_another_county_s_schools_are_not_one_s_own(new_county, signed_in) -> None:
    factories.place()
    assert len(missing(signed_in(factories.person(Role.COUNTY_OFFICE, of=new_county)))) == 7


def test_the_steps_are_put_away_by_one_person_for_good(new_county, signed_in) -> None:
    officer, colleague = (factories.person(Role.COUNTY_OFFICE, of=new_county) for _each in range(2))
    assert signed_in(officer).post(reverse("office:steps-away")).status_code == 302
    signed_in(officer).post(reverse("office:steps-away"))
    assert not missing(signed_in(officer))
    assert missing(signed_in(colleague))
    assert Event.objects.filter(kind="account.steps_away", actor_id=officer.pk).count() == 1


def test_administrators_begin_with_the_head_of_the_office_and_what_he_may_do(new_county, signed_in) -> None:
    keeper = factories.person(Role.ADMINISTRATOR, of=new_county)
    guard = factories.person(Role.SECURITY, of=new_county)
    factories.person(Role.AUDIT, of=new_county)
    assert missing(signed_in(keeper)) == ["1. 督导室负责人的账号", "2. 授权"]

    head = factories.person(name="张主任")
    assert missing(signed_in(keeper)) == ["2. 授权"]
    client = signed_in(guard)
    home = BeautifulSoup(client.get(reverse(HOME)).content.decode(), "html.parser")
    waiting = home.find("a", href=f"{reverse('people:accounts')}?role=none")
    assert waiting is not None
    assert "1" in waiting.get_text()
    assert "张主任" in client.get(waiting["href"]).content.decode()

    form = BeautifulSoup(
        client.get(reverse("office:grant-new", args=[head.pk])).content.decode(), "html.parser"
    )
    chosen = {one.find_parent("select")["name"]: one["value"] for one in form.select("option[selected]")}
    assert chosen == {"role": "COUNTY_OFFICE", "region": new_county.code}
    client.post(reverse("office:grant-new", args=[head.pk]), {**chosen, "starts_on": clock.today()})
    assert head.grants.get().role == Role.COUNTY_OFFICE
    assert not missing(signed_in(keeper))
    assert "role=none" not in client.get(reverse(HOME)).content.decode()


def test_an_inspector_is_led_from_the_schools_to_the_phone_to_the_first_visit(at, signed_in) -> None:
    newcomer = factories.person(Role.INSPECTOR)
    assert missing(signed_in(newcomer)) == ["1. 责任学校", "2. 在手机上登录", "3. 第一次督导"]
    client = signed_in(at.inspector)
    assert missing(client) == ["2. 在手机上登录", "3. 第一次督导"]
    sign_in(at.inspector, device_id=uuid7(), name="手机")
    assert missing(client) == ["3. 第一次督导"]
    factories.visit(at)
    assert not missing(client)


def test_a_school_with_nothing_to_do_reads_who_comes_and_what_happens_then(at, signed_in) -> None:
    page = signed_in(at.head).get(reverse(HOME)).content.decode()
    assert at.inspector.name in page
    assert "接下来会怎样" in page
    nobody_s = factories.unit(of=at.county)
    page = signed_in(factories.person(Role.UNIT, of=nobody_s)).get(reverse(HOME)).content.decode()
    assert f"{at.county.office} 还没有为贵校安排责任督学" in page


def test_nobody_else_is_bothered(at, signed_in) -> None:
    for user in (at.auditor, at.administrator):
        page = signed_in(user).get(reverse(HOME)).content.decode()
        assert "第一步" not in page
        assert "接下来会怎样" not in page
