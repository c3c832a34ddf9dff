"""Duplicates: the list of pairs, the page of a merge, and what is decided."""

from django.urls import path

from leads.duplicates import views

app_name = "duplicates"
urlpatterns = [
    path("", views.index, name="list"),
    path("<int:pk>/<int:other>/", views.compare, name="compare"),
    path("<int:pk>/or/<int:other>/", views.choose, name="choose"),
    path("pairs/<int:pk>/dismiss/", views.dismiss, name="dismiss"),
    path("pairs/<int:pk>/open/", views.bring_back, name="bring_back"),
    path("merges/<int:pk>/undo/", views.unmerge, name="unmerge"),
]
