from django.urls import path

from dudao.plans import term_views, views

app_name = "plans"
urlpatterns = [
    path("plans/", views.index, name="list"),
    path("plans/add/", views.add, name="add"),
    path("plans/days/", views.days, name="days"),
    path("plans/terms/", term_views.index, name="terms"),
    path("plans/terms/confirm/", term_views.confirm_chosen, name="terms-confirm"),
    path("plans/terms/remind/", term_views.remind_chosen, name="terms-remind"),
    path("plans/terms/open/<int:year>/<str:name>/", term_views.open_term, name="terms-open"),
    path("plans/term/<uuid:pk>/", term_views.show, name="term"),
    path("plans/term/<uuid:pk>/keep/", term_views.keep, name="term-keep"),
    path("plans/term/<uuid:pk>/<slug:name>/", term_views.move, name="term-move"),
    path("plans/item/<uuid:pk>/", views.item, name="item"),
    path("plans/item/<uuid:pk>/day/", views.plan_day, name="day"),
    path("plans/item/<uuid:pk>/invite/", views.invite, name="invite"),
    path("plans/item/<uuid:pk>/answer/", views.answer, name="answer"),
    path("plans/item/<uuid:pk>/drop/", views.drop, name="drop"),
    path("plans/<slug:code>/year/", views.year, name="year"),
    path("plans/<slug:code>/<slug:month>/about/", views.month, name="month"),
    path("plans/<slug:code>/<slug:month>/draw-up/", views.draw_up, name="draw-up"),
]
