"""Pictures that show nobody: things that a face detector may stumble over. None has eyes, nose and mouth.

Each function draws on a square of `side` pixels with the chances of a numpy Generator and returns a PIL image.
"""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

import page_drawing as d
from page_drawing import chance, mix, pick
from page_scenes import DARK, LIGHT, background, smooth_noise

SKIN = [(233, 196, 170), (205, 155, 120), (160, 110, 80), (110, 75, 55), (244, 214, 190)]


def colour(rng):
    return tuple(int(v) for v in rng.integers(0, 256, 3))


def surface(rng, side):
    return background(rng, (side, side), pick(rng, LIGHT + DARK))


def shaded_ellipse(rng, image, box, tone):
    """An egg, ball or stone: lit from one side, with a soft edge or a hard one."""
    width, height = max(2, round(box[2] - box[0])), max(2, round(box[3] - box[1]))
    v, u = np.mgrid[0:height, 0:width]
    x, y = (u + 0.5) / width * 2 - 1, (v + 0.5) / height * 2 - 1
    r = np.hypot(x, y)
    light = 1 - rng.uniform(0, 0.5) * np.clip(np.hypot(x - rng.uniform(-0.5, 0.5), y - rng.uniform(-0.5, 0.5)), 0, 1)
    values = np.clip(np.array(tone)[None, None] * light[:, :, None], 0, 255).astype(np.uint8)
    mask = Image.fromarray((255 * np.clip((1 - r) * width * rng.uniform(0.02, 0.5), 0, 1)).astype(np.uint8))
    image.paste(Image.fromarray(values), (round(box[0]), round(box[1])), mask)


def ellipses(rng, side):
    image = surface(rng, side) if chance(rng, 0.5) else Image.new("RGB", (side, side), colour(rng))
    for _ in range(pick(rng, [1, 1, 1, 2, 5])):
        width, stretch = rng.uniform(0.2, 0.7) * side, rng.uniform(0.7, 1.5)
        x, y = rng.uniform(0.2, 0.8, 2) * side
        box = x - width / 2, y - width * stretch / 2, x + width / 2, y + width * stretch / 2
        if chance(rng, 0.3):
            ImageDraw.Draw(image).ellipse(box, outline=colour(rng), width=max(1, side // 60))
        else:
            shaded_ellipse(rng, image, box, pick(rng, SKIN) if chance(rng, 0.6) else colour(rng))
    return image


PIPS = {1: [(0, 0)], 2: [(-1, -1), (1, 1)], 3: [(-1, -1), (0, 0), (1, 1)], 4: [(-1, -1), (1, -1), (-1, 1), (1, 1)],
        5: [(-1, -1), (1, -1), (0, 0), (-1, 1), (1, 1)], 6: [(-1, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (1, 1)]}


def dice(rng, side):
    image = surface(rng, side)
    for _ in range(int(rng.integers(1, 6))):
        size = round(rng.uniform(0.15, 0.5) * side)
        die = Image.new("L", (size, size), 0)
        ImageDraw.Draw(die).rounded_rectangle((0, 0, size - 1, size - 1), size // 6, fill=255)
        body = Image.new("RGB", (size, size), pick(rng, [(240, 240, 235), (200, 40, 40), (30, 30, 40)]))
        ink = (20, 20, 20) if sum(body.getpixel((0, 0))) > 300 else (240, 240, 240)
        for x, y in PIPS[int(rng.integers(1, 7))]:
            centre, r = (size * (0.5 + 0.27 * x), size * (0.5 + 0.27 * y)), size * 0.08
            ImageDraw.Draw(body).ellipse((centre[0] - r, centre[1] - r, centre[0] + r, centre[1] + r), fill=ink)
        angle = rng.uniform(0, 360)
        place = tuple(int(v) for v in rng.uniform(0, 0.7, 2) * side)
        image.paste(body.rotate(angle, Image.BICUBIC, True), place, die.rotate(angle, Image.BICUBIC, True))
    return image


def facade(rng, side):
    """A wall with windows in rows and a door."""
    image = Image.new("RGB", (side, side), mix(colour(rng), (200, 190, 180), 0.4))
    draw = ImageDraw.Draw(image)
    columns, rows = int(rng.integers(1, 6)), int(rng.integers(1, 5))
    cell, pane, frame = (side / columns, 0.8 * side / rows), colour(rng), colour(rng)
    for row in range(rows):
        for column in range(columns):
            x, y = (column + 0.25) * cell[0], (row + 0.25) * cell[1]
            box = x, y, x + 0.5 * cell[0], y + 0.55 * cell[1]
            draw.rectangle(box, fill=pane, outline=frame, width=max(1, side // 80))
            draw.line((x + 0.25 * cell[0], y, x + 0.25 * cell[0], box[3]), fill=frame, width=max(1, side // 120))
    x, width = rng.uniform(0.2, 0.7) * side, rng.uniform(0.1, 0.2) * side
    draw.rectangle((x, 0.75 * side, x + width, side), fill=frame)
    draw.ellipse((x + 0.8 * width, 0.87 * side, x + 0.9 * width, 0.87 * side + 0.1 * width), fill=pane)
    return image


def door(rng, side):
    """Panels, a knob, a keyhole."""
    tone = pick(rng, [(120, 80, 50), (230, 230, 225), (60, 80, 110), (150, 30, 30)])
    image = Image.new("RGB", (side, side), mix(tone, (255, 255, 255), 0.5))
    draw = ImageDraw.Draw(image)
    left, right = 0.25 * side, 0.75 * side
    draw.rectangle((left, 0.05 * side, right, side), fill=tone)
    for x in (0.3, 0.53):
        for y, bottom in ((0.1, 0.45), (0.58, 0.92)):
            draw.rectangle((x * side, y * side, (x + 0.17) * side, bottom * side), outline=mix(tone, (0, 0, 0), 0.6), width=max(1, side // 70))
    r = 0.02 * side
    draw.ellipse((0.7 * side - r, 0.51 * side - r, 0.7 * side + r, 0.51 * side + r), fill=(200, 180, 90))
    return image


def socket(rng, side):
    """Two holes in a round well, or slots: electricity."""
    image = Image.new("RGB", (side, side), mix(colour(rng), (220, 220, 215), 0.3))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0.15 * side, 0.15 * side, 0.85 * side, 0.85 * side), side // 20, fill=(240, 240, 236), outline=(180, 180, 178))
    draw.ellipse((0.27 * side, 0.27 * side, 0.73 * side, 0.73 * side), fill=(225, 225, 222), outline=(150, 150, 150), width=max(1, side // 100))
    r, apart = rng.uniform(0.02, 0.04) * side, rng.uniform(0.08, 0.12) * side
    for x in (-apart, apart):
        draw.ellipse((0.5 * side + x - r, 0.5 * side - r, 0.5 * side + x + r, 0.5 * side + r), fill=(40, 40, 40))
    return image.filter(ImageFilter.GaussianBlur(rng.uniform(0, side / 150)))


def flower(rng, side):
    image = background(rng, (side, side), pick(rng, ["white", "light-cloth", "dark-cloth", "black"]))
    if chance(rng, 0.5):
        image = Image.new("RGB", (side, side), (60, 110, 50))
    draw = ImageDraw.Draw(image)
    centre, petals, reach = 0.5 * side, int(rng.integers(4, 16)), rng.uniform(0.25, 0.45) * side
    tone = colour(rng)
    for k in range(petals):
        a = 2 * np.pi * k / petals
        x, y, r = centre + 0.6 * reach * np.cos(a), centre + 0.6 * reach * np.sin(a), reach * rng.uniform(0.3, 0.4)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=mix(tone, colour(rng), 0.85))
    shaded_ellipse(rng, image, (centre - 0.3 * reach, centre - 0.3 * reach, centre + 0.3 * reach, centre + 0.3 * reach), (230, 190, 60))
    return image


def pattern(rng, side):
    """Checks, stripes, dots, rings, noise."""
    kind, pitch = pick(rng, ["checks", "stripes", "dots", "rings", "clouds", "moire"]), rng.uniform(0.03, 0.3) * side
    v, u = np.mgrid[0:side, 0:side].astype(np.float32)
    wave = {"checks": lambda: np.sign(np.sin(np.pi * u / pitch) * np.sin(np.pi * v / pitch)),
            "stripes": lambda: np.sin(np.pi * (u * rng.uniform(-1, 1) + v) / pitch),
            "dots": lambda: np.sign(np.sin(np.pi * u / pitch) * np.sin(np.pi * v / pitch) - 0.5),
            "rings": lambda: np.sin(2 * np.pi * np.hypot(u - side * rng.random(), v - side * rng.random()) / pitch),
            "clouds": lambda: smooth_noise(rng, (side, side), (pitch, pitch)),
            "moire": lambda: np.sin(u * u / (pitch * pitch) + v / pitch) * np.sin(v * v / (pitch * pitch))}[kind]()
    share = (0.5 + 0.5 * wave)[:, :, None]
    return Image.fromarray((share * np.array(colour(rng)) + (1 - share) * np.array(colour(rng))).astype(np.uint8))


def gradient(rng, side):
    small = np.array([[colour(rng), colour(rng)], [colour(rng), colour(rng)]], np.uint8)
    return Image.fromarray(small).resize((side, side), pick(rng, [Image.BILINEAR, Image.BICUBIC]))


def text_page(rng, side):
    """Lines of print, perhaps in two columns, with a heading and a rule."""
    sheet = d.Sheet(210, 210, side * 25.4 / 210, pick(rng, [(250, 250, 248), (240, 232, 215), (30, 30, 34)]))
    ink = (30, 30, 30) if sum(sheet.paper) > 300 else (220, 220, 220)
    words = "the owner of this page asks all whom it may concern to let the bearer pass freely and without hindrance".split()
    size, face = rng.uniform(3, 8), pick(rng, d.SANS)
    sheet.text(20, 22, "NOTICE No. %d" % rng.integers(1, 9999), pick(rng, d.BOLD), 1.5 * size, ink)
    columns = int(rng.integers(1, 3))
    for column in range(columns):
        y = 36.0
        while y < 195:
            line = " ".join(pick(rng, words) for _ in range(int(170 / columns / size / 2.6)))
            sheet.text(20 + 90 * column, y, line, face, size, ink)
            y += size * 1.5
    return sheet.image


def clock(rng, side):
    """A dial with hands: round, symmetric, and no face but by name."""
    image = surface(rng, side)
    draw = ImageDraw.Draw(image)
    c, r = side / 2, rng.uniform(0.25, 0.45) * side
    draw.ellipse((c - r, c - r, c + r, c + r), fill=mix(colour(rng), (250, 250, 250), 0.2), outline=(40, 40, 40), width=max(1, side // 40))
    for hour in range(12):
        a = hour * np.pi / 6
        draw.line([(c + k * r * np.cos(a), c + k * r * np.sin(a)) for k in (0.8, 0.92)], fill=(30, 30, 30), width=max(1, side // 80))
    for length, width in ((0.55, 40), (0.8, 70)):
        a = rng.uniform(0, 2 * np.pi)
        draw.line((c, c, c + length * r * np.cos(a), c + length * r * np.sin(a)), fill=(30, 30, 30), width=max(1, side // width))
    return image


def emblems(rng, side):
    """Guilloches and emblems alone."""
    sheet = d.Sheet(100, 100, side * 25.4 / 100, mix(colour(rng), (240, 240, 240), 0.3))
    d.wave_lines(sheet, rng, mix(colour(rng), sheet.paper, 0.5))
    for _ in range(int(rng.integers(1, 4))):
        d.rosette(sheet, rng, mix(colour(rng), sheet.paper, 0.7), rng.uniform(20, 80, 2), rng.uniform(10, 45))
    if chance(rng, 0.7):
        d.emblem(sheet, rng, mix(colour(rng), sheet.paper, 0.8), rng.uniform(35, 65, 2), rng.uniform(10, 35))
    if chance(rng, 0.3):
        d.hologram(sheet, rng, (50, 50), rng.uniform(10, 40))
    return sheet.image


SHAPES = {"ellipses": ellipses, "dice": dice, "facade": facade, "door": door, "socket": socket, "flower": flower, "pattern": pattern,
          "gradient": gradient, "text": text_page, "clock": clock, "emblems": emblems}
