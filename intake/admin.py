"""What managers edit of intake."""

from intake import admin_forms  # noqa: F401
