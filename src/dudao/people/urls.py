from django.urls import path

from dudao.people import views

app_name = "people"
urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-in/demo/", views.demo_sign_in, name="demo-sign-in"),
    path("sign-in/first/", views.first_password, name="first-password"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("password/", views.Password.as_view(), name="password"),
    path("devices/", views.own_devices, name="devices"),
    path("accounts/", views.accounts, name="accounts"),
    path("people/<int:pk>/phone/", views.phone, name="phone"),
    path("accounts/rights/", views.rights, name="rights"),
]
