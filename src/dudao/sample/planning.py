"""What the sample city's months are about, the present month's plan of every county, and plans of a term in every state."""

from datetime import date
from random import Random

from dudao.kernel.workdays import is_working
from dudao.people.models import User
from dudao.places.models import Region
from dudao.plans import services, term_plans
from dudao.plans.models import PlanItem, TermPlan
from dudao.plans.periods import coming_terms
from dudao.plans.queries import first_of, school_year_of
from dudao.rules.models import Term
from dudao.rules.queries import special_days
from dudao.rules.terms import SchoolTerm, keep_term
from dudao.sample.city import City

SUBJECTS = {
    9: (["T6", "T2"], ["theme-6-safety", "theme-2-enrolment-fees"], "开学安全、招生与收费"),
    10: (["T4"], ["double-reduction-school", "theme-4-workload"], "“双减”：作业与课后服务"),
    11: (["T3", "T4"], ["double-reduction-school", "theme-3-teaching"], "课程开设、作业总量"),
    12: (["T7"], ["theme-7-canteen-dormitory", "canteen-food"], "食堂与宿舍卫生"),
    1: (["T4", "T5"], ["five-managements", "theme-5-teachers"], "期末：考试管理、师德"),
    2: (["T2", "T6"], ["theme-2-enrolment-fees", "campus-safety"], "开学收费、校园安全"),
    3: (["T1"], ["theme-1-management"], "校务管理与制度执行"),
    4: (["T3"], ["theme-3-teaching", "class-observation"], "课堂教学"),
    5: (["T4"], ["five-managements"], "五项管理"),
    6: (["T4", "T6"], ["double-reduction-school", "campus-safety"], "期末负担、防溺水"),
    7: (["T5"], ["theme-5-teachers"], "暑期：在职教师有偿补课"),
    8: (["T6"], ["campus-safety"], "开学准备"),
}

FOCUS = {
    1: "“双减”落实：每校查作业公示、课后服务，推门听课不少于 2 节。",
    2: "校园安全与食堂：开学、期末各查一次，问题当月销号。",
    3: "课程开设与教师减负。",
}


def write(city: City, random: Random, *, today: date) -> None:
    """The city sets the year's months; each county draws up the present month, and inspectors set most of its days."""
    chief = User.objects.get(username="demo-city")
    for month in school_year_of(today):
        themes, instruments, subject = SUBJECTS[month.month]
        services.set_month(
            city.region, month, themes=themes, instruments=instruments, subject=subject, by=chief
        )
    _publish_terms(city.region, today, by=chief)
    month, special = first_of(today), special_days()
    working = [day for day in (month.replace(day=n) for n in range(1, 29)) if is_working(day, special)]
    for county in city.counties:
        services.draw_up(county, month, by=city.officers[county.pk])
    for item in (
        PlanItem.objects.filter(month=month)
        .select_related("unit__region", "inspector")
        .order_by("unit__code")
    ):
        if random.random() < 0.75:
            services.plan_day(item, random.choice(working), note="", by=item.inspector)
    _write_terms(city, today=today)


def _publish_terms(region: Region, today: date, *, by: User) -> None:
    """The city's school calendar, this year's and the next."""
    first = school_year_of(today)[0].year
    for year in (first, first + 1):
        source = f"市教育局{year}—{year + 1}学年校历"
        autumn, spring = (
            (date(year, 9, 1), date(year + 1, 1, 22)),
            (date(year + 1, 2, 22), date(year + 1, 7, 5)),
        )
        for term, (starts_on, ends_on) in ((Term.AUTUMN, autumn), (Term.SPRING, spring)):
            keep_term(region, year, term, starts_on=starts_on, ends_on=ends_on, source=source, by=by)


def _write_terms(city: City, *, today: date) -> None:
    """Inspectors at work on their plan of the running term: the first still writing, then handed in, confirmed, returned."""
    for county in city.counties:
        span = coming_terms(county, today)[0]
        term_plans.open_all(county, SchoolTerm(span.year, span.term), by=city.officers[county.pk])
    rows = TermPlan.objects.select_related("inspector", "region").order_by(
        "region__path", "inspector__username"
    )
    for number, plan in enumerate(rows):
        if number % 4:
            _hand_in(plan, number % 4, officer=city.officers[plan.region_id])


def _hand_in(plan: TermPlan, kind: int, *, officer: User) -> None:
    by = plan.inspector
    days = term_plans.proposal(plan, term_plans.items_of(plan))
    plan = term_plans.keep(plan, focus=FOCUS[kind], days=days, seen=plan.state, by=by)
    plan = term_plans.move(plan, "submit", seen=plan.state, by=by)
    if kind == 2:
        term_plans.move(plan, "confirm", seen=plan.state, by=officer)
    if kind == 3:
        term_plans.move(plan, "return", seen=plan.state, by=officer, reason="请把听课次数写进重点。")
