"""The page of one lead."""

from django.http import HttpResponse


def detail(request, pk):
    return HttpResponse("")


edit = timeline_part = log = undo = detail


def act(request, pk, name):
    return HttpResponse("")
