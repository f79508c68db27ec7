from django.urls import path

from dudao.plans import views

app_name = "plans"
urlpatterns = [
    path("plans/", views.index, name="list"),
    path("plans/<slug:code>/year/", views.year, name="year"),
    path("plans/<slug:code>/<slug:month>/about/", views.month, name="month"),
    path("plans/<slug:code>/<slug:month>/draw-up/", views.draw_up, name="draw-up"),
    path("plan/<uuid:pk>/", views.item, name="item"),
    path("plan/<uuid:pk>/day/", views.plan_day, name="day"),
    path("plan/<uuid:pk>/invite/", views.invite, name="invite"),
    path("plan/<uuid:pk>/answer/", views.answer, name="answer"),
    path("plan/<uuid:pk>/drop/", views.drop, name="drop"),
]
