"""stub"""
from django.http import HttpResponse
def discovery(request, pk=None):
    return HttpResponse("")
answer = discovery
