"""The account that a lead works for."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Lower

from leads.models.change import COMPANY_FACTS, record_changes, record_deletion
from leads.searching import keep_search


class Company(models.Model):
    class Relationship(models.TextChoices):
        PROSPECT = "prospect", "Prospect"
        CUSTOMER = "customer", "Customer"
        FORMER = "former", "Former customer"
        PARTNER = "partner", "Partner"
        COMPETITOR = "competitor", "Competitor"

    name = models.CharField(max_length=200, blank=True)
    domain = models.CharField(max_length=200, blank=True)
    industry = models.CharField(max_length=100, blank=True)
    employees = models.PositiveIntegerField(null=True, blank=True)
    revenue = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True, help_text="A year, in EUR."
    )
    country = models.CharField(max_length=80, blank=True)
    city = models.CharField(max_length=80, blank=True)
    relationship = models.CharField(
        max_length=12, choices=Relationship, default=Relationship.PROSPECT
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField()
    search = SearchVectorField(null=True, editable=False)  # kept by trigger

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("domain"), name="company_domain_once", condition=~models.Q(domain="")
            ),
            models.CheckConstraint(
                name="company_relationship_known",
                condition=models.Q(
                    relationship__in=["prospect", "customer", "former", "partner", "competitor"]
                ),
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="company_search"),
            models.Index(Lower("name"), name="company_by_name"),
        ]
        triggers = [
            record_changes("company", COMPANY_FACTS),
            record_deletion("company", COMPANY_FACTS),
            keep_search("name", "domain"),
        ]

    def __str__(self):
        return self.name or self.domain or f"company {self.pk}"
