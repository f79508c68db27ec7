from django.urls import path

from dudao.ui import views

app_name = "ui"
urlpatterns = [path("gallery/", views.gallery, name="gallery")]
