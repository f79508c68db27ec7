from django.urls import path

from dudao.portal import views

app_name = "portal"
urlpatterns = [
    path("v/", views.start, name="start"),
    path("v/<slug:code>/", views.check, name="verify"),
    path("publicity/", views.publicity, name="publicity"),
    path("b/<str:code>/", views.board, name="board"),
    path("b/<str:code>/photo.jpg", views.board_photo, name="board-photo"),
]
