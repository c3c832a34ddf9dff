"""Pages of campaigns."""

from django.urls import path

from leads import views_campaigns

app_name = "campaigns"
urlpatterns = [
    path("", views_campaigns.index, name="list"),
    path("<int:pk>/", views_campaigns.detail, name="detail"),
]
