from django.urls import path

from dudao.office import calendar_views, rule_views, unit_views, views, word_views

app_name = "office"
urlpatterns = [
    path("", views.home, name="home"),
    path("units/", views.units, name="units"),
    path("units/new/", unit_views.new, name="unit-new"),
    path("units/<uuid:pk>/", views.unit, name="unit"),
    path("units/<uuid:pk>/edit/", unit_views.edit, name="unit-edit"),
    path("units/<uuid:pk>/institution/", unit_views.institution, name="unit-institution"),
    path("units/<uuid:pk>/year/", unit_views.year, name="unit-year"),
    path("units/<uuid:pk>/turn/<str:kind>/", unit_views.turn, name="unit-turn"),
    path("regions/", unit_views.regions, name="regions"),
    path("regions/<str:code>/", unit_views.region, name="region"),
    path("search/", views.search, name="search"),
    path("rules/", rule_views.rules, name="rules"),
    path("rules/of/<str:key>/", rule_views.rule, name="rule"),
    path("rules/of/<str:key>/set/<str:code>/", rule_views.set_value, name="rule-set"),
    path("rules/of/<str:key>/end/<str:code>/", rule_views.end, name="rule-end"),
    path("rules/withdraw/<int:pk>/", rule_views.withdraw, name="rule-withdraw"),
    path("rules/terms/", calendar_views.terms, name="terms"),
    path("rules/terms/<str:code>/<int:year>/<str:name>/", calendar_views.term, name="term"),
    path("rules/calendar/", calendar_views.work_calendar, name="calendar"),
    path("rules/calendar/day/", calendar_views.calendar_day, name="calendar-day"),
    path("rules/calendar/<int:year>/", calendar_views.work_calendar, name="calendar-year"),
    path("rules/words/", word_views.words, name="words"),
    path("rules/words/<str:kind>/", word_views.words, name="words-of"),
    path("rules/words/<str:kind>/new/", word_views.add, name="word-add"),
    path("rules/word/<int:pk>/", word_views.change, name="word"),
    path("rules/word/<int:pk>/move/", word_views.move, name="word-move"),
    path("instruments/", views.instruments, name="instruments"),
    path("instruments/<slug:version>/", views.instrument, name="instrument"),
    path("journal/", views.journal, name="journal"),
    path("jobs/", views.jobs_page, name="jobs"),
    path("jobs/again/", views.jobs_again, name="jobs-again"),
]
