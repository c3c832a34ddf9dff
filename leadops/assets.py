"""Collect the few third-party files that pages need into var/assets: Tabler's CSS, one icon sprite,
ECharts for the pages with charts.

Run by `make setup` as `python -m leadops.assets`; needs node_modules, not Django.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLER_CSS = ROOT / "node_modules/@tabler/core/dist/css/tabler.min.css"
ECHARTS = ROOT / "node_modules/echarts/dist/echarts.min.js"
OUTLINES = ROOT / "node_modules/@tabler/icons/icons/outline"
ICON_LIST = ROOT / "static_src/icons.txt"
TARGET = ROOT / "var/assets"


def build(target=TARGET):
    """Write tabler.css, echarts.js and icons.svg; exit with the names of unknown icons."""
    target.mkdir(parents=True, exist_ok=True)
    # The source map is not shipped, and a hashing storage refuses references to missing files.
    css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", TABLER_CSS.read_text())
    (target / "tabler.css").write_text(css)
    (target / "echarts.js").write_bytes(ECHARTS.read_bytes())
    (target / "icons.svg").write_text(sprite(icon_names()))


def icon_names():
    """The names in static_src/icons.txt: separated by white space, `#` starts a remark."""
    lines = ICON_LIST.read_text().splitlines()
    return sorted({name for line in lines for name in line.partition("#")[0].split()})


def sprite(names):
    """One SVG file with a <symbol> for each name; strokes come from the CSS of the page."""
    missing = [name for name in names if not (OUTLINES / f"{name}.svg").exists()]
    if missing:
        sys.exit(f"No such Tabler icon: {', '.join(missing)}")
    symbols = "".join(symbol(name, (OUTLINES / f"{name}.svg").read_text()) for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>\n'


def symbol(name, svg):
    """The drawing of one icon without its invisible bounding box."""
    shapes = re.sub(r"</?svg[^>]*>", "", svg)
    shapes = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>', "", shapes)
    shapes = re.sub(r">\s+<", "><", shapes.strip())
    return f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>'


if __name__ == "__main__":
    build()
