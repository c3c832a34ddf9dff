"""Pictures of every page of the demo: desktop and phone, light and dark, in var/screenshots."""

import shutil

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from leadops import screenshots
from leadops.browsing import browsing, chromium, serving
from leadops.demo.people import DOMAIN, PASSWORD

FOLDER = settings.VAR / "screenshots"
DOCS = settings.BASE_DIR / "docs" / "screens"
IN_DOCS = ["review", "inbox", "lead"]
SIZES = {"desktop": (1366, 768), "phone": (390, 844)}
THEMES = ["light", "dark"]


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--only", default="", help="pages whose name begins with this")
        parser.add_argument("--docs", action="store_true", help="renew those in docs/screens, too")

    def handle(self, *args, only, docs, **options):
        people = {user.first_name: user for user in User.objects.filter(email__endswith=DOMAIN)}
        if not people:
            raise CommandError("There is no demo company to take pictures of: make demo")
        try:
            chromium()
        except FileNotFoundError as missing:
            raise CommandError(str(missing)) from None
        call_command("collectstatic", interactive=False, verbosity=0)
        wanted = screenshots.pictures(people, timezone.now())
        wanted = [picture for picture in wanted if picture.name.startswith(only)]
        with serving() as address, browsing() as browser:
            self.take(Photographer(browser, address), wanted)
        for name in IN_DOCS if docs else []:
            _copy_small(FOLDER / f"{name}-desktop-light.png", DOCS / f"{name}.png")

    def take(self, photographer, wanted):
        FOLDER.mkdir(parents=True, exist_ok=True)
        for picture in wanted:
            for look, png in photographer.looks(picture):
                (FOLDER / f"{picture.name}-{look}.png").write_bytes(png)
            self.stdout.write(f"  {picture.name}")
        self.stdout.write(f"{len(wanted)} pages in {FOLDER}")


class Photographer:
    """Goes where each picture says; every person signs in once."""

    def __init__(self, browser, address):
        self.browser, self.address, self.cookies = browser, address, {None: None}

    def looks(self, picture):
        """(name of the look, PNG) of one page."""
        for size, (width, height) in SIZES.items():
            context = self._context(picture.by, viewport={"width": width, "height": height})
            page = context.new_page()
            answer = page.goto(picture.url, wait_until="networkidle")
            if answer.status >= 400:
                raise CommandError(f"{picture.name}: {picture.url} answers {answer.status}.")
            if picture.steps:
                picture.steps(page)
            for theme in THEMES:
                page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                yield f"{size}-{theme}", page.screenshot(animations="disabled")
            context.close()

    def _context(self, user, **options):
        if user not in self.cookies:
            self.cookies[user] = self._sign_in(user)
        known = self.cookies[user]
        return self.browser.new_context(base_url=self.address, storage_state=known, **options)

    def _sign_in(self, user):
        context = self._context(None)
        page = context.new_page()
        page.goto(reverse("account_login"))
        page.get_by_label("E-mail").or_(page.get_by_label("Email")).fill(user.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "login" not in url)
        cookies = context.storage_state()
        context.close()
        return cookies


def _copy_small(picture, to):
    """A third of the size where Pillow is installed; it is no requirement of ours."""
    try:
        from PIL import Image
    except ImportError:
        shutil.copy(picture, to)
    else:
        Image.open(picture).convert("RGB").quantize(128, dither=0).save(to, optimize=True)
