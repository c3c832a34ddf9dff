"""Nobody signs up alone: an administrator adds people."""

import logging

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.shortcuts import render

log = logging.getLogger(__name__)


class ClosedDoor(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False

    def is_safe_url(self, url):
        """What is no address at all ("http://[") is not safe either."""
        try:
            return super().is_safe_url(url)
        except ValueError:
            return False

    def send_mail(self, template_prefix, email, context):
        """Whoever waits for it is told when it cannot be sent, be the address known or not."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:
            log.exception("an email of %s could not be sent", template_prefix)
            page = render(self.request, "account/unsent.html", status=503)
            raise ImmediateHttpResponse(page) from error
