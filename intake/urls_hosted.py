"""Addresses of capture forms that anybody may open."""

from django.urls import path

from intake import views_embed, views_public

app_name = "hosted"
urlpatterns = [
    path("<slug:slug>/", views_public.hosted, name="form"),
    path("<slug:slug>/thanks/", views_public.thanks, name="thanks"),
    path("<slug:slug>/confirm/<str:token>/", views_public.confirm, name="confirm"),
    path("<slug:slug>.js", views_embed.script, name="script"),
    path("<slug:slug>/embed/", views_embed.embedded, name="embed"),
]
