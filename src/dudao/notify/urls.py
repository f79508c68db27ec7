from django.urls import path

from dudao.notify import views

app_name = "notify"
urlpatterns = [
    path("messages/", views.inbox, name="list"),
    path("messages/read/", views.read_all, name="read-all"),
    path("messages/read-chosen/", views.read_chosen, name="read-chosen"),
    path("messages/<int:pk>/", views.open_message, name="open"),
]
