from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path


def sign_in(request: HttpRequest) -> HttpResponse:
    return HttpResponse("sign in")


sign_in.login_required = False  # type: ignore[attr-defined]

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", sign_in),
    path("", include("dudao.intake.urls")),
]
