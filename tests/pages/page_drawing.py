"""What a passport's page is drawn with: a sheet in millimetres, guilloches, emblems, texts, signatures, holograms.

Everything takes its chances from a numpy Generator, so that the same seed gives the same drawing.
"""

import functools
import pathlib

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONTS = pathlib.Path("/usr/share/fonts/truetype")
SANS = ("dejavu/DejaVuSans.ttf", "liberation/LiberationSans-Regular.ttf", "liberation/LiberationSansNarrow-Regular.ttf",
        "liberation/LiberationSerif-Regular.ttf", "dejavu/DejaVuSansCondensed.ttf")
BOLD = ("dejavu/DejaVuSans-Bold.ttf", "liberation/LiberationSans-Bold.ttf", "liberation/LiberationSansNarrow-Bold.ttf",
        "liberation/LiberationSerif-Bold.ttf", "dejavu/DejaVuSansCondensed-Bold.ttf")
MONO = ("liberation/LiberationMono-Regular.ttf", "dejavu/DejaVuSansMono.ttf", "liberation/LiberationMono-Bold.ttf")
MILLIMETRES_PER_INCH = 25.4


@functools.lru_cache(maxsize=512)
def font(name, pixels):
    return ImageFont.truetype(str(FONTS / name), pixels)


def chance(rng, share):
    return rng.random() < share


def pick(rng, choices):
    """One of `choices`, which may be of any type."""
    return choices[int(rng.integers(len(choices)))]


def mix(colour, other, share):
    """`share` of `colour` over `other`."""
    return tuple(int(round(share * a + (1 - share) * b)) for a, b in zip(colour, other))


class Sheet:
    """A page that is being drawn: an RGB image whose functions take millimetres."""

    def __init__(self, width, height, dpi, paper):
        self.width, self.height, self.paper = width, height, paper
        self.scale = dpi / MILLIMETRES_PER_INCH
        self.image = Image.new("RGB", (round(width * self.scale), round(height * self.scale)), paper)
        self.draw = ImageDraw.Draw(self.image)

    def pixels(self, millimetres):
        return max(1, round(millimetres * self.scale))

    def box(self, x, y, width, height):
        """The box in whole pixels: left, top, right, bottom."""
        left, top = round(x * self.scale), round(y * self.scale)
        return left, top, left + self.pixels(width), top + self.pixels(height)

    def line(self, points, colour, width=0.1):
        """`points`: an array [n, 2]."""
        self.draw.line([tuple(p) for p in np.asarray(points, float) * self.scale], fill=colour, width=self.pixels(width), joint="curve")

    def polygon(self, points, colour):
        self.draw.polygon([tuple(p) for p in np.asarray(points, float) * self.scale], fill=colour)

    def ellipse(self, x, y, width, height, colour, line=0):
        box = self.box(x, y, width, height)
        self.draw.ellipse(box, outline=colour, width=self.pixels(line)) if line else self.draw.ellipse(box, fill=colour)

    def rectangle(self, x, y, width, height, colour, line=0):
        box = self.box(x, y, width, height)
        self.draw.rectangle(box, outline=colour, width=self.pixels(line)) if line else self.draw.rectangle(box, fill=colour)

    def text(self, x, y, text, name, size, colour, anchor="ls"):
        """`size`: the em in millimetres; y is the baseline's."""
        self.draw.text((x * self.scale, y * self.scale), text, font=font(name, max(4, round(size * self.scale))), fill=colour, anchor=anchor)

    def paste(self, picture, x, y, mask=None):
        """The picture has its size in pixels already."""
        self.image.paste(picture, (round(x * self.scale), round(y * self.scale)), mask)


def wave_lines(sheet, rng, colour, spacing=None, slope=None):
    """Fine sine lines over the whole sheet."""
    spacing = spacing or rng.uniform(1.2, 4)
    slope = rng.uniform(-0.35, 0.35) if slope is None else slope
    amplitude, length, phase = rng.uniform(0.2, 2.0), rng.uniform(8, 45), rng.uniform(0, 6.3)
    x = np.arange(-1, sheet.width + 2, 0.8)
    reach = abs(slope) * sheet.width
    for index, y in enumerate(np.arange(-reach, sheet.height + reach, spacing)):
        curve = y + slope * x + amplitude * np.sin(2 * np.pi * x / length + phase + 0.25 * index)
        sheet.line(np.stack([x, curve], 1), colour, rng.choice([0.08, 0.12]))


def rosette(sheet, rng, colour, centre, radius):
    """A guilloche rosette: a family of circles whose radius swings, turned step by step."""
    petals, depth = int(rng.integers(5, 15)), rng.uniform(0.1, 0.5)
    turns = int(rng.integers(4, 14))
    t = np.linspace(0, 2 * np.pi, 260)
    stretch = pick(rng, [1, 1, rng.uniform(0.5, 1)])
    for step in range(turns):
        r = radius * (1 - depth * (0.5 + 0.5 * np.sin(petals * t + 2 * np.pi * step / turns))) * (1 - 0.3 * step / turns)
        points = np.stack([centre[0] + r * np.cos(t), centre[1] + stretch * r * np.sin(t)], 1)
        sheet.line(points, colour, 0.1)


def band(sheet, rng, colour, y, height):
    """A guilloche border: crossing sine lines between two levels."""
    x = np.arange(0, sheet.width + 0.5, 0.5)
    length, count = rng.uniform(4, 20), int(rng.integers(3, 9))
    for index in range(count):
        sheet.line(np.stack([x, y + height / 2 * np.sin(2 * np.pi * (x / length + index / count))], 1), colour, 0.1)


def star(centre, radius, points=5, inner=0.4, turn=0.0):
    angles = turn + np.arange(2 * points) * np.pi / points - np.pi / 2
    r = np.where(np.arange(2 * points) % 2 == 0, radius, inner * radius)
    return np.stack([centre[0] + r * np.cos(angles), centre[1] + r * np.sin(angles)], 1)


EAGLE = np.array([(0, -1), (0.12, -0.95), (0.22, -0.8), (0.14, -0.6), (0.35, -0.55), (0.6, -0.8), (1, -0.9), (0.95, -0.6), (0.98, -0.3),
                  (0.85, -0.35), (0.86, 0), (0.7, -0.1), (0.68, 0.25), (0.5, 0.1), (0.42, 0.4), (0.3, 0.3), (0.4, 0.75), (0.2, 0.65),
                  (0.22, 0.98), (0, 0.8)])


def emblem(sheet, rng, colour, centre, radius):
    """Star, eagle, shield, sun or rings."""
    kind = pick(rng, ["star", "eagle", "shield", "sun", "rings"])
    x, y = centre
    if kind in ("star", "sun"):
        points = 5 if kind == "star" else int(rng.integers(8, 20))
        sheet.polygon(star(centre, radius, points, 0.4 if kind == "star" else 0.7, rng.uniform(-0.2, 0.2)), colour)
    elif kind == "eagle":
        for side in (1, -1):
            sheet.polygon(np.array(centre) + radius * EAGLE * (side, 1), colour)
    elif kind == "shield":
        sheet.polygon([(x - radius, y - radius), (x + radius, y - radius), (x + radius, y + 0.2 * radius), (x, y + radius),
                       (x - radius, y + 0.2 * radius)], colour)
        sheet.polygon(star((x, y - 0.2 * radius), 0.5 * radius), mix(colour, sheet.paper, 0.4))
    else:
        for share in (1, 0.8, 0.55, 0.3):
            sheet.ellipse(x - radius * share, y - radius * share, 2 * radius * share, 2 * radius * share, colour, 0.25)


def microtext(sheet, rng, colour, x, y, width, words):
    text = " ".join([words] * 40)
    name, size = pick(rng, SANS), rng.uniform(0.6, 1.1)
    length = font(name, max(4, round(size * sheet.scale))).getlength(text) / sheet.scale
    sheet.text(x, y, text[: max(1, int(len(text) * width / length))], name, size, colour)


def signature(sheet, rng, x, y, width, height, colour):
    """A pen's path: a few swings that run to the right."""
    t = np.linspace(0, 1, 160)
    swings = int(rng.integers(4, 9))
    up = sum(rng.normal(0, 1 / (k + 1)) * np.sin(2 * np.pi * swings * (k + 1) / 2 * t + rng.uniform(0, 6.3)) for k in range(4))
    along = t + 0.05 * np.sin(2 * np.pi * swings * t + rng.uniform(0, 6.3))
    up = up / (np.abs(up).max() + 1e-9) * (1 - 0.6 * t)
    sheet.line(np.stack([x + width * along, y + height / 2 * (1 - up)], 1), colour, rng.uniform(0.25, 0.6))


def stamp(sheet, rng, centre, radius, colour, words):
    """A rubber stamp: a ring or frame with a word and a date, turned a little."""
    side = sheet.pixels(2.4 * radius)
    layer = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(layer)
    margin, line = side // 12, max(1, side // 60)
    if chance(rng, 0.5):
        draw.ellipse((margin, margin, side - margin, side - margin), outline=255, width=line)
        draw.ellipse((3 * margin, 3 * margin, side - 3 * margin, side - 3 * margin), outline=255, width=line)
    else:
        draw.rectangle((margin, side // 4, side - margin, 3 * side // 4), outline=255, width=2 * line)
    for row, text in enumerate((words, "%02d %s %d" % (rng.integers(1, 29), pick(rng, ["JAN", "MAY", "OCT"]), rng.integers(2012, 2026)))):
        draw.text((side // 2, side * (0.43 + 0.14 * row)), text, font=font(BOLD[1], max(6, side // 11)), fill=255, anchor="mm")
    layer = layer.rotate(rng.uniform(-40, 40), Image.BICUBIC).point([int(v * rng.uniform(0.5, 0.9)) for v in range(256)])
    x, y = centre[0] - 1.2 * radius, centre[1] - 1.2 * radius
    sheet.paste(Image.new("RGB", layer.size, colour), x, y, layer)


def hologram(sheet, rng, centre, radius):
    """A translucent patch in the colours of the rainbow: rings or stripes under a soft mask."""
    side = max(8, sheet.pixels(2 * radius))
    v, u = np.mgrid[0:side, 0:side] / side - 0.5
    r = np.hypot(u, v)
    way = pick(rng, [r * 2, u + 0.5 * v, np.arctan2(v, u) / 6.3])
    hue = (way * rng.uniform(0.6, 3) + rng.random()) % 1
    hsv = np.stack([hue * 255, np.full_like(hue, rng.uniform(60, 150)), np.full_like(hue, 240)], 2).astype(np.uint8)
    colours = Image.fromarray(hsv, "HSV").convert("RGB")
    shape = (r < 0.48) if chance(rng, 0.6) else (np.abs(np.sin(np.arctan2(v, u) * rng.integers(3, 8))) * 0.3 + 0.18 > r)
    rings = 0.5 + 0.5 * np.sin(2 * np.pi * r * rng.uniform(5, 20))
    alpha = 255 * shape * rng.uniform(0.12, 0.4) * (0.4 + 0.6 * rings)
    mask = Image.fromarray(alpha.astype(np.uint8)).filter(ImageFilter.GaussianBlur(side / 120))
    sheet.paste(colours, centre[0] - radius, centre[1] - radius, mask)


def chip(sheet, x, y, colour):
    """The symbol of a biometric document: a circle between two bars."""
    sheet.rectangle(x, y, 6, 1.2, colour)
    sheet.rectangle(x, y + 2.2, 6, 1.2, colour)
    sheet.ellipse(x + 1.9, y + 0.6, 2.2, 2.2, sheet.paper)
    sheet.ellipse(x + 1.9, y + 0.6, 2.2, 2.2, colour, 0.35)
