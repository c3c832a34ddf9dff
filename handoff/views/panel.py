"""stub"""
from django.http import HttpResponse
def panel(request, pk=None):
    return HttpResponse("")
answer = panel
