#!/usr/bin/env python3
"""Draws pictures that show nobody: shapes, patterns, text, and passports' pages whose portrait is missing.

Usage: python3 draw_nonfaces.py --out FOLDER --count 400 --seed 1

Writes OUT/00000-KIND.jpg ..; kinds take turns. Pages without a portrait have an empty frame in its place, a landscape, an emblem or
nothing. The same seed and versions of the packages give the same pictures. Needs the packages of draw_pages.py.
"""

import argparse
import pathlib
import sys

PACKAGES = "python3-pil python3-numpy fonts-dejavu-core fonts-liberation"
try:
    import numpy as np
    from PIL import Image

    import page_drawing
    import page_scenes
    import scan_looks
    from nonface_shapes import SHAPES, colour, pattern, surface
    from page_drawing import chance, pick
    from page_layouts import LAYOUTS, draw_page
except ImportError as error:
    sys.exit(f"draw_nonfaces.py: {error}; apt install {PACKAGES}")


def fill_frame(rng, image, layout, dpi):
    """What is where the portrait should be."""
    left, top, width, height = (round(v * dpi / page_drawing.MILLIMETRES_PER_INCH) for v in layout.portrait)
    kind = pick(rng, ["nothing", "frame", "flat", "surface", "pattern", "sky"])
    if kind == "frame":
        image.paste((90, 90, 110), (left, top, left + width, top + height))
        image.paste((235, 235, 238), (left + 3, top + 3, left + width - 3, top + height - 3))
    elif kind == "flat":
        image.paste(colour(rng), (left, top, left + width, top + height))
    elif kind in ("surface", "pattern"):
        picture = (surface if kind == "surface" else pattern)(rng, height)
        image.paste(picture.resize((width, height)), (left, top))
    elif kind == "sky":
        ramp = np.linspace(0, 1, height)[:, None, None]
        values = (1 - ramp) * np.array((90, 140, 210)) + ramp * np.array((200, 190, 150))
        image.paste(Image.fromarray(values.astype(np.uint8)).resize((width, height)), (left, top))


def page_without_portrait(rng):
    layout = pick(rng, list(LAYOUTS.values()))
    dpi = pick(rng, [150, 200, 300])
    page = draw_page(rng, None, layout, dpi)
    fill_frame(rng, page.image, layout, dpi)
    tilt = pick(rng, [0.0, rng.uniform(-10, 10), rng.uniform(-180, 180)])
    kind = pick(rng, ["page", "flatbed", "phone"])
    return page_scenes.place_page(rng, page.image, kind, pick(rng, page_scenes.LIGHT + page_scenes.DARK), tilt, dpi).image


def draw_picture(seed, index):
    """(kind, PIL image)"""
    rng = np.random.default_rng([seed, index])
    kinds = [*SHAPES, "page", "page", "page"]
    kind = kinds[index % len(kinds)]
    if kind == "page":
        image = page_without_portrait(rng)
    else:
        image = SHAPES[kind](rng, int(round(2 ** rng.uniform(7, 10.5))))
        if chance(rng, 0.4):
            edge = tuple(int(v) for v in np.asarray(image)[0, 0])
            image = image.rotate(rng.uniform(-180, 180), Image.BICUBIC, chance(rng, 0.5), fillcolor=edge)
    return kind, scan_looks.apply_look(rng, image, pick(rng, scan_looks.LOOKS), 150), int(rng.integers(40, 96))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for index in range(options.count):
        kind, image, quality = draw_picture(options.seed, index)
        (options.out / f"{index:05d}-{kind}.jpg").write_bytes(scan_looks.jpeg_bytes(image, quality))


if __name__ == "__main__":
    main()
