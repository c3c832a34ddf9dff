"""What axe finds on a page, at both sizes and in both themes."""

from pathlib import Path

from tests.e2e.conftest import DESKTOP, PHONE

AXE = Path("node_modules/axe-core/axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Colours that are still on their way to the other theme are nobody's: none is ever on its way.
STILL = """() => {
  if (document.adoptedStyleSheets.length) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, ::before, ::after { transition: none !important }");
  document.adoptedStyleSheets = [sheet];
}"""
THEMED = "theme => [undefined, theme].includes(document.documentElement.dataset.bsTheme)"  # admin


def looks(page):
    """Both sizes in both themes, one after the other."""
    for size, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
        page.set_viewport_size(viewport)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            yield size, theme


def axe(page, theme="light"):
    """Violations as lines: rule, element, what is wrong. The theme changes nothing but colours."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    page.evaluate(STILL)
    page.wait_for_function(THEMED, arg=theme)
    wanted = RULES if theme == "light" else ["color-contrast"]
    # Preloading style sheets would break our own CSP.
    found = page.evaluate("wanted => axe.run({runOnly: wanted, preload: false})", wanted)
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:240]}"
        for one in found["violations"]
        for node in one["nodes"][:3]
    ]
