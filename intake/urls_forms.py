"""Pages of capture forms, for marketing."""

from django.urls import path

from intake import views_forms

app_name = "forms"
urlpatterns = [
    path("", views_forms.index, name="list"),
    path("<int:pk>/", views_forms.detail, name="detail"),
    path("<int:pk>/<int:submission>/<slug:what>/", views_forms.decide, name="decide"),
]
