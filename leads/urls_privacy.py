"""Pages of privacy: who asks what we know of them, and who asks to be forgotten."""

from django.urls import path

from leads import views_privacy

app_name = "privacy"
urlpatterns = [
    path("", views_privacy.index, name="page"),
    path("address/", views_privacy.address, name="address"),
    path("<int:pk>/", views_privacy.person, name="person"),
    path("<int:pk>/export/", views_privacy.export, name="export"),
]
