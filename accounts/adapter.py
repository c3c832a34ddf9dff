"""Nobody signs up alone: an administrator adds people."""

from allauth.account.adapter import DefaultAccountAdapter


class ClosedDoor(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False

    def is_safe_url(self, url):
        """What is no address at all ("http://[") is not safe either."""
        try:
            return super().is_safe_url(url)
        except ValueError:
            return False
