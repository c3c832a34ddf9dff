"""The scored list."""

from django.http import HttpResponse


def index(request):
    return HttpResponse("")


def bulk(request, name):
    return HttpResponse("")
