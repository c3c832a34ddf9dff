"""Today, and what came of the leads."""

from django.urls import path

from insights import views, views_scorecard

app_name = "insights"
urlpatterns = [
    path("", views.today, name="today"),
    path("insights/scorecard/", views_scorecard.scorecard, name="scorecard"),
]
