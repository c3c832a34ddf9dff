"""stub"""
from django.http import HttpResponse
def inbox(request, pk=None):
    return HttpResponse("")
answer = inbox
