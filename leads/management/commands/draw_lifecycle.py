"""Write docs/lifecycle.md from the machine itself, so that the picture cannot be wrong."""

from django.conf import settings
from django.core.management.base import BaseCommand

from leads.diagram import lifecycle_page


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options):
        path = settings.BASE_DIR / "docs" / "lifecycle.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(lifecycle_page())
        self.stdout.write(f"wrote {path.relative_to(settings.BASE_DIR)}")
