from django.urls import path, re_path

from dudao.notify import views

app_name = "notify"
urlpatterns = [
    path("messages/", views.inbox, name="list"),
    path("messages/read/", views.read_all, name="read-all"),
    path("messages/read-chosen/", views.read_chosen, name="read-chosen"),
    path("messages/<int:pk>/", views.open_message, name="open"),
    path("messages/settings/", views.settings_page, name="settings"),
    path("messages/mail/<str:token>/", views.confirm_mail, name="confirm-mail"),
    path("messages/groups/", views.robots_page, name="robots"),
    re_path(r"^messages/groups/(?P<pk>\d{1,18})/(?P<what>try|on|off|remove)/$", views.robot, name="robot"),
    path("messages/sent/", views.deliveries, name="deliveries"),
    path("messages/sent/again/", views.again, name="again"),
]
