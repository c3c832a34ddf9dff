"""Addresses of tracking: the script, and where it sends to."""

from django.urls import path

from intake import views_visits

app_name = "visits"
urlpatterns = [
    path("t.js", views_visits.script, name="script"),
    path("t/", views_visits.listen, name="listen"),
]
