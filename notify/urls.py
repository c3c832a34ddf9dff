"""What the bell opens."""

from django.urls import path

from notify import views

app_name = "notify"
urlpatterns = [
    path("", views.notices, name="notices"),
    path("read/", views.read_all, name="read_all"),
    path("<int:pk>/", views.notice, name="notice"),
]
