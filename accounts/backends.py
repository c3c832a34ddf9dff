"""Sign-in by allauth; rights by role group only, read in one query."""

from allauth.account.auth_backends import AuthenticationBackend


class RoleBackend(AuthenticationBackend):
    """People hold no permissions of their own, so asking for them would be a wasted query."""

    def get_user_permissions(self, user_obj, obj=None):
        return set()

    def get_user(self, user_id):
        """The team is read with the person: every page shows or filters by it."""
        from accounts.models import User

        user = User.objects.select_related("team").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
