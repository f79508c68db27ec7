from django.urls import path

from dudao.alarms import views

app_name = "alarms"
urlpatterns = [
    path("alarms/", views.alarm_list, name="list"),
    path("alarms/banner/", views.banner, name="banner"),
    path("alarms/<uuid:pk>/", views.show, name="show"),
    path("alarms/<uuid:pk>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("alarms/<uuid:pk>/close/", views.close, name="close"),
]
