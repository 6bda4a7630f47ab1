#!/usr/bin/env python3
"""Draw the show's cover and one square cover per drawing of art/.

Writes cover.jpg and covers/<drawing>.jpg, 1400 × 1400, RGB. Each drawing stands in an
arched door, centred on the wall colour that goes with it; the show's cover has three
doors in an ochre wall and an enamel street plate.

Needs Python's standard library, `chromium` (or CHROMIUM=…) and `ffmpeg`.
Usage: make-cover.py [name …]   (without a name: all)
"""
import math
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SIZE = 1400

# The walls of tokens.css (light values) and the colour that stands out on each.
WALLS = {
    "ochre": ("#f2cf82", "#7a5200"),
    "rose": ("#f2bfc3", "#96304a"),
    "green": ("#b5d8ca", "#0a5a4a"),
    "tile": ("#f3b598", "#863514"),
    "saone": ("#b4cfe6", "#1c4f7c"),
}
WALL_OF = {
    "cour": "tile", "escalier": "rose", "facades": "saone", "fils": "rose",
    "pain": "green", "passage": "ochre", "pont": "ochre", "velo": "saone",
}
ENAMEL, WHITE, INK = "#1d4a86", "#ffffff", "#1a1c1f"
SANS = "font-family=\"Liberation Sans, Arial, sans-serif\""


def arch(x, y, width, bottom):
    """Path of a door: a half circle of the given width on straight sides."""
    r = width / 2
    return f"M{x} {bottom}V{y + r}a{r} {r} 0 0 1 {width} 0V{bottom}z"


def joints(colour, rows, opacity):
    """Courses of cut stone: long lines and staggered short ones, barely visible."""
    height = SIZE / rows
    out = []
    for row in range(rows + 1):
        y = row * height
        out.append(f"M0 {y:.0f}H{SIZE}")
        for k in range(5):
            x = (k + (0.5 if row % 2 else 0.05)) * SIZE / 4.6
            out.append(f"M{x:.0f} {y:.0f}v{height:.0f}")
    return f'<path d="{"".join(out)}" fill="none" stroke="{colour}" stroke-width="4" opacity="{opacity}"/>'


def voussoirs(cx, cy, inner, outer, count, colour):
    """Lines between the stones of an arch."""
    out = []
    for i in range(count + 1):
        a = math.pi * (1 + i / count)
        c, s = math.cos(a), math.sin(a)
        out.append(f"M{cx + inner * c:.1f} {cy + inner * s:.1f}L{cx + outer * c:.1f} {cy + outer * s:.1f}")
    return f'<path d="{"".join(out)}" stroke="{colour}" stroke-width="5" opacity=".45"/>'


def svg(body):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'width="{SIZE}" height="{SIZE}" viewBox="0 0 {SIZE} {SIZE}">{body}</svg>')


def drawing_cover(name):
    """A drawing of art/ in a door, on its wall."""
    wall, deep = WALLS[WALL_OF[name]]
    source = (HERE / "art" / f"{name}.svg").read_text(encoding="utf-8")
    inner = re.search(r"<svg[^>]*>(.*)</svg>", source, re.S).group(1)
    width, top, bottom = 700, 110, 1290
    x = (SIZE - width) / 2
    frame = 34
    body = f'<rect width="{SIZE}" height="{SIZE}" fill="{wall}"/>' + joints(deep, 10, 0.1)
    body += f'<path d="{arch(x - frame, top - frame, width + 2 * frame, bottom)}" fill="{WHITE}" opacity=".55"/>'
    body += voussoirs(SIZE / 2, top + width / 2, width / 2, width / 2 + frame, 14, deep)
    body += f'<clipPath id="d"><path d="{arch(x, top, width, bottom)}"/></clipPath>'
    body += (f'<g clip-path="url(#d)"><svg x="{x}" y="{top}" width="{width}" height="{bottom - top}" '
             f'viewBox="0 0 360 640" preserveAspectRatio="xMidYMid slice">{inner}</svg></g>')
    body += f'<rect y="{bottom}" width="{SIZE}" height="{SIZE - bottom}" fill="{deep}"/>'
    body += f'<rect y="{bottom}" width="{SIZE}" height="10" fill="{INK}" opacity=".25"/>'
    return svg(body)


def door(x, width, top, bottom, wall, deep, light):
    """One closed or lit door of the show's cover."""
    frame = 26
    out = f'<path d="{arch(x - frame, top - frame, width + 2 * frame, bottom)}" fill="#fbfaf8"/>'
    out += voussoirs(x + width / 2, top + width / 2, width / 2, width / 2 + frame, 10, WALLS["ochre"][1])
    out += f'<path d="{arch(x, top, width, bottom)}" fill="{deep}"/>'
    if light:
        for i, tone in enumerate((WALLS["tile"][1], "#5c2619", "#34181a")):
            inset = 34 * (i + 1)
            out += f'<path d="{arch(x + inset, top + inset * 1.5, width - 2 * inset, bottom)}" fill="{tone}"/>'
        inset = 136
        out += f'<path d="{arch(x + inset, top + 205, width - 2 * inset, bottom)}" fill="#f8dd97"/>'
        cx = x + width / 2
        out += (f'<g fill="{INK}"><circle cx="{cx}" cy="{bottom - 205}" r="19"/>'
                f'<path d="M{cx - 25} {bottom - 176}q25-15 50 0l6 82-13 3-3 91h-13l-2-78-2 78h-13l-3-91-13-3z"/></g>')
    else:
        mid = x + width / 2
        out += f'<path d="{arch(x + 20, top + 20, width - 40, bottom)}" fill="{wall}" opacity=".28"/>'
        out += f'<path d="M{mid} {top}V{bottom}M{x} {top + width / 2}H{x + width}" stroke="{deep}" stroke-width="10"/>'
        for side in (x + 42, mid + 22):
            panel = width / 2 - 64
            for y in (top + width / 2 + 40, top + width / 2 + 260):
                out += f'<rect x="{side}" y="{y}" width="{panel}" height="180" fill="{deep}" opacity=".55"/>'
        out += f'<circle cx="{mid - 24}" cy="{bottom - 250}" r="11" fill="{WALLS["ochre"][0]}"/>'
    return out


def show_cover():
    """Three doors, the middle one open, and the show's name on a street plate."""
    wall, deep = WALLS["ochre"]
    bottom = 1250
    body = f'<rect width="{SIZE}" height="{SIZE}" fill="{wall}"/>' + joints(deep, 9, 0.13)
    body += door(110, 300, 660, bottom, *WALLS["green"], False)
    body += door(990, 300, 660, bottom, *WALLS["rose"], False)
    body += door(500, 400, 560, bottom, *WALLS["tile"], True)
    body += f'<rect y="{bottom}" width="{SIZE}" height="150" fill="#d9cbb6"/><rect y="{bottom}" width="{SIZE}" height="14" fill="{deep}"/>'
    body += f'<path d="M580 {bottom + 14}h240l90 136H490z" fill="#f8dd97"/>'
    body += f'<path d="M0 {bottom + 80}H460M940 {bottom + 80}H{SIZE}" stroke="{deep}" stroke-width="4" opacity=".3"/>'
    body += f'<rect x="120" y="110" width="1160" height="330" rx="26" fill="{ENAMEL}"/>'
    body += f'<rect x="136" y="126" width="1128" height="298" rx="16" fill="none" stroke="{WHITE}" stroke-width="7"/>'
    for x, y in ((168, 158), (1232, 158), (168, 392), (1232, 392)):
        body += f'<circle cx="{x}" cy="{y}" r="11" fill="{WHITE}"/>'
    body += (f'<text x="700" y="282" text-anchor="middle" {SANS} font-weight="700" font-size="158" '
             f'textLength="960" lengthAdjust="spacingAndGlyphs" fill="{WHITE}">De plain-pied</text>')
    body += (f'<text x="700" y="376" text-anchor="middle" {SANS} font-weight="700" font-size="62" '
             f'letter-spacing="4" fill="{WHITE}">chaque matin, 7\u00a0h</text>')
    return svg(body)


def render(markup, target, limit):
    """Photograph the drawing with the browser; write the finest JPEG of at most `limit` bytes."""
    with tempfile.TemporaryDirectory() as folder:
        page, shot = Path(folder) / "page.html", Path(folder) / "shot.png"
        page.write_text(f'<!doctype html><meta charset="utf-8"><style>body{{margin:0}}svg{{display:block}}</style>{markup}', encoding="utf-8")
        subprocess.run([os.environ.get("CHROMIUM", "chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                        "--force-device-scale-factor=1", f"--user-data-dir={folder}/profile", f"--window-size={SIZE},{SIZE}",
                        f"--screenshot={shot}", page.as_uri()], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for chroma, quality in [("yuvj444p", q) for q in range(3, 7)] + [("yuvj420p", q) for q in range(3, 32)]:
            subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(shot), "-pix_fmt", chroma, "-q:v", str(quality),
                            "-bitexact", "-map_metadata", "-1", str(target)], check=True)
            if target.stat().st_size <= limit:
                break
    print(f"{target.relative_to(HERE)} {target.stat().st_size} bytes", flush=True)


def main():
    wanted = set(sys.argv[1:])
    (HERE / "covers").mkdir(exist_ok=True)
    if not wanted or "cover" in wanted:
        render(show_cover(), HERE / "cover.jpg", 150_000)
    for name in sorted(WALL_OF):
        if not wanted or name in wanted:
            render(drawing_cover(name), HERE / "covers" / f"{name}.jpg", 120_000)


if __name__ == "__main__":
    main()
