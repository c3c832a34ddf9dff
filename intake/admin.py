"""What managers edit of intake."""

from intake import admin_forms, admin_sites  # noqa: F401
