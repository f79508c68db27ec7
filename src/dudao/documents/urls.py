from django.urls import path

from dudao.documents import views

app_name = "documents"
urlpatterns = [
    path("documents/", views.index, name="list"),
    path("documents/<uuid:pk>.pdf", views.pdf, name="pdf"),
    path("documents/<uuid:pk>.docx", views.docx, name="docx"),
]
