"""People and teams. What a person may do comes from role groups (roles.py), never from flags."""

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from accounts.models.calendar import WorkCalendar


class Team(models.Model):
    """A shared queue; a sales team may name the countries (ISO 3166 alpha-2) it serves."""

    class Side(models.TextChoices):
        MARKETING = "marketing", "Marketing"
        SALES = "sales", "Sales"

    name = models.CharField(max_length=80, unique=True)
    side = models.CharField(max_length=10, choices=Side)
    countries = ArrayField(
        models.CharField(max_length=2),
        default=list,
        blank=True,
        help_text="Leads from these countries come here. Empty: all that no other team names.",
    )
    calendar = models.ForeignKey(
        WorkCalendar,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="teams",
        help_text="The hours of members who have no calendar of their own.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="team_side_known", condition=models.Q(side__in=["marketing", "sales"])
            )
        ]

    def __str__(self):
        return self.name


class UserManager(BaseUserManager["User"]):
    """Creates people by email address; there is no user name."""

    use_in_migrations = True

    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, **fields, is_staff=True, is_superuser=True)


class User(AbstractUser):
    """A person who signs in. Times are shown in `time_zone` (IANA name)."""

    username = None
    email = models.EmailField(unique=True)
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="members"
    )
    time_zone = models.CharField(max_length=64, default="UTC")
    calendar = models.ForeignKey(
        WorkCalendar,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="people",
        help_text="Working hours. Empty: those of the team.",
    )
    single_keys = models.BooleanField(
        default=True, help_text="One-letter shortcuts such as A for accept."
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = UserManager()

    class Meta:
        verbose_name, verbose_name_plural = "user", "users"
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self):
        return self.display_name

    @property
    def display_name(self):
        return self.get_full_name() or self.email

    @property
    def initials(self):
        words = self.get_full_name().split() or [self.email]
        return "".join(word[0] for word in words[:2]).upper()

    @property
    def is_marketer(self):
        return self.has_perm("leads.market_lead")

    @property
    def is_rep(self):
        return self.has_perm("leads.sell_lead")

    @property
    def is_manager(self):
        return self.has_perm("leads.manage_lead")

    @property
    def role_label(self):
        """What stands beside the name: "Sales, DACH"."""
        if self.is_superuser:
            return "Administrator"
        if self.is_manager:
            signs_for_sales = self.has_perm("handoff.sign_for_sales")
            return "Sales manager" if signs_for_sales else "Marketing manager"
        if self.is_rep:
            return f"Sales, {self.team}" if self.team_id else "Sales"
        if self.is_marketer:
            return "Marketer"
        return "Customer success" if self.has_perm("leads.view_customers") else "No role yet"
