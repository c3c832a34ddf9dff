"""Today, and what came of the leads."""

from django.urls import path

from insights import views

app_name = "insights"
urlpatterns = [path("", views.today, name="today")]
