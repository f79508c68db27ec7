"""What the sample city's months are about, and the present month's plan of every county."""

from datetime import date
from random import Random

from dudao.kernel.workdays import is_working
from dudao.people.models import User
from dudao.plans import services
from dudao.plans.models import PlanItem
from dudao.plans.queries import first_of, school_year_of
from dudao.rules.queries import special_days
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


def write(city: City, random: Random, *, today: date) -> None:
    """The city sets the year's months; each county draws up the present month, and inspectors set most of its days."""
    chief = User.objects.get(username="demo-city")
    for month in school_year_of(today):
        themes, instruments, subject = SUBJECTS[month.month]
        services.set_month(
            city.region, month, themes=themes, instruments=instruments, subject=subject, by=chief
        )
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
