"""The portrait of a page, and its ghosts: smaller, fainter pictures of the same portrait."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from page_drawing import chance, mix, pick

ASPECT = 35 / 45  # Width over height of a passport photo.
GHOST_STYLES = ("blend", "ink", "dots", "lines", "oval")


def crop_to_aspect(picture, aspect=ASPECT):
    """The middle of the picture in this aspect, and the box in the picture's pixels."""
    width, height = picture.size
    wanted = min(width, height * aspect), min(height, width / aspect)
    left, top = (width - wanted[0]) / 2, (height - wanted[1]) / 2
    box = left, top, left + wanted[0], top + wanted[1]
    return picture.crop(tuple(round(v) for v in box)), tuple(round(v) for v in box)


def edge_mask(size, kind):
    """How the portrait ends: sharp, with round corners, or fading into the paper."""
    width, height = size
    mask = Image.new("L", size, 255)
    if kind == "round":
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, width - 1, height - 1), width // 9, fill=255)
    elif kind == "faded":
        x = np.minimum(np.arange(width), np.arange(width)[::-1]) / (0.12 * width)
        y = np.minimum(np.arange(height), np.arange(height)[::-1]) / (0.1 * height)
        mask = Image.fromarray((255 * np.minimum(1, np.minimum(x[None, :], y[:, None]))).astype(np.uint8))
    elif kind == "oval":
        v, u = np.mgrid[0:height, 0:width]
        r = np.hypot((u + 0.5) / width * 2 - 1, (v + 0.5) / height * 2 - 1)
        mask = Image.fromarray((255 * np.clip((1 - r) / 0.15, 0, 1)).astype(np.uint8))
    return mask


def paste_portrait(sheet, rng, portrait, place, grey):
    """`place`: x, y, width, height in millimetres; `grey`: as engraved by a laser."""
    x, y, width, height = place
    size = sheet.pixels(width), sheet.pixels(height)
    picture = portrait.resize(size, Image.BICUBIC, reducing_gap=3.0)
    if grey:
        tone = ImageOps.autocontrast(picture.convert("L"), 1)
        picture = ImageOps.colorize(tone, mix((0, 0, 0), sheet.paper, rng.uniform(0.75, 1)), mix((255, 255, 255), sheet.paper, 0.5))
    kind = pick(rng, ["sharp", "sharp", "sharp", "round", "faded"])
    sheet.paste(picture, x, y, edge_mask(size, kind))
    if kind == "sharp" and chance(rng, 0.3):
        sheet.rectangle(x, y, width, height, mix((60, 60, 80), sheet.paper, rng.uniform(0.4, 1)), 0.25)


def screen(size, pitch, angle, lines):
    """A screen's threshold in 0..1 for every pixel: lines, or a spot function of dots."""
    v, u = np.mgrid[0:size[1], 0:size[0]].astype(np.float32)
    a = 2 * np.pi / pitch * (u * np.cos(angle) + v * np.sin(angle))
    if lines:
        return 0.5 + 0.5 * np.sin(a)
    b = 2 * np.pi / pitch * (v * np.cos(angle) - u * np.sin(angle))
    return 0.5 + 0.25 * (np.sin(a) + np.sin(b))


def ghost_ink(portrait, size, style, pitch, rng):
    """How much ink the ghost has in each pixel, 0..1."""
    grey = ImageOps.autocontrast(portrait.convert("L").resize(size, Image.BICUBIC, reducing_gap=3.0), 1)
    ink = 1 - np.asarray(grey, np.float32) / 255
    if style in ("dots", "lines"):
        threshold = screen(size, max(3.0, pitch), rng.uniform(0, np.pi), style == "lines")
        ink = np.clip((ink - threshold) * 2.5 + 0.5, 0, 1)
    return ink


def paste_ghost(sheet, rng, portrait, place, style, strength):
    """A second portrait at `place` (x, y, width, height in millimetres); `strength` is the share of ink, 0..1."""
    x, y, width, height = place
    size = sheet.pixels(width), sheet.pixels(height)
    tint = pick(rng, [(40, 40, 48), (40, 40, 48), (30, 50, 130), (140, 40, 50), (30, 90, 70), (90, 50, 110)])
    if style == "blend":  # The whole picture fades into the paper, its background, too.
        grey = portrait.convert("L").resize(size, Image.BICUBIC, reducing_gap=3.0)
        picture = ImageOps.colorize(grey, tint, (255, 255, 255)) if chance(rng, 0.3) else grey.convert("RGB")
        sheet.paste(picture, x, y, Image.new("L", size, round(255 * strength)))
        return
    ink = ghost_ink(portrait, size, style, rng.uniform(0.3, 0.6) * sheet.scale, rng)
    kind = "oval" if style == "oval" else pick(rng, ["sharp", "faded", "oval"])
    alpha = strength * ink * np.asarray(edge_mask(size, kind), np.float32)
    mask = Image.fromarray(alpha.astype(np.uint8))
    if chance(rng, 0.2):
        mask = mask.filter(ImageFilter.GaussianBlur(0.12 * sheet.scale))
    sheet.paste(Image.new("RGB", size, tint), x, y, mask)
