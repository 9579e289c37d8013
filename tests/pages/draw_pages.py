#!/usr/bin/env python3
"""Draws pictures of passports' data pages and identity cards round given portraits, for measuring and teaching.

Usage: python3 draw_pages.py --portraits FOLDER_OR_TAR --out FOLDER --count 600 --seed 1
         [--under frll/neutral_front] [--faces faces.jsonl] [--dpi 150,200,300,400,600] [--tilt=-180..180] [--ghost 0.85]
         [--layouts plain,td3,..] [--scenes page,a4,..] [--backgrounds light|dark|white,desk,..] [--looks plain,halftone,..] [--jobs 2]

Writes OUT/00000.jpg .. and OUT/truth.csv, a line a picture: file, person (the portrait's name up to its first `_`), portrait (its
name), layout, scene, background, look, dpi, tilt (degrees counterclockwise), jpeg (quality), and as "x y x y .." in pixels, clockwise
from the top left as seen upright: page (its corners), face_box (the portrait's), eyes (left and right as seen upright, where --faces
gives them: the lines that build/native/list_faces printed of the portraits), ghosts (corners of each, `;` between them). Ghosts are
small faint pictures of the same portrait. The same seed, portraits, options and versions of the packages give the same pictures.

Needs the Debian packages python3-pil, python3-numpy, fonts-dejavu-core and fonts-liberation. No person is drawn but the given ones.
"""

import argparse
import csv
import functools
import io
import json
import multiprocessing
import pathlib
import sys
import tarfile

PACKAGES = "python3-pil python3-numpy fonts-dejavu-core fonts-liberation"
try:
    import numpy as np
    from PIL import Image, ImageChops

    import page_drawing
    import page_scenes
    import scan_looks
    from page_drawing import chance, pick
    from page_layouts import LAYOUTS, draw_page, draw_visa_page
    from page_portrait import crop_to_aspect
except ImportError as error:
    sys.exit(f"draw_pages.py: {error}; apt install {PACKAGES}")

COLUMNS = "file person portrait layout scene background look dpi tilt jpeg page face_box eyes ghosts".split()
PICTURES = (".jpg", ".jpeg", ".png", ".webp")


def stop(message):
    sys.exit(f"draw_pages.py: {message}")


def read_portraits(source, under):
    """{name: bytes} of the pictures in a folder or tar whose path contains `under`, in the order of their names."""
    source = pathlib.Path(source)
    if source.is_dir():
        found = {str(p.relative_to(source)): p for p in source.rglob("*") if p.suffix.lower() in PICTURES and under in str(p)}
        return {name: found[name].read_bytes() for name in sorted(found)}
    if not source.is_file() or not tarfile.is_tarfile(source):
        stop(f"{source} is neither a folder nor a tar of portraits")
    with tarfile.open(source) as tar:
        members = {m.name: m for m in tar if m.isfile() and m.name.lower().endswith(PICTURES) and under in m.name}
        return {name: tar.extractfile(members[name]).read() for name in sorted(members)}


def read_eyes(path):
    """{file name: [[x, y], [x, y]]} of the first face of each line that list_faces printed."""
    eyes = {}
    for line in open(path, encoding="utf-8") if path else ():
        entry = json.loads(line)
        if entry.get("faces"):
            eyes[pathlib.Path(entry["file"]).name] = entry["faces"][0]["keypoints"][:2]
    return eyes


def draw_tilt(rng, span):
    """Every angle; by default many near 0 and +6, where people lay a page down in haste, and the quarter turns."""
    if span:
        return rng.uniform(*span)
    kind = rng.random()
    if kind < 0.1:
        return 0.0
    if kind < 0.25:
        return rng.normal(6, 1)
    if kind < 0.55:
        return rng.uniform(-10, 10)
    if kind < 0.67:
        return pick(rng, [90, 180, 270]) + rng.normal(0, 2) * chance(rng, 0.6)
    return rng.uniform(-180, 180)


def with_visa_page(rng, page, layout, dpi):
    """The open booklet: the other page above; gives the picture and how far down the data page lies."""
    other = draw_visa_page(rng, layout, dpi)
    both = Image.new("RGB", (page.image.width, 2 * page.image.height))
    both.paste(other, (0, 0))
    both.paste(page.image, (0, page.image.height))
    rows = np.arange(both.height) - page.image.height
    fold = 255 * (1 - 0.35 * np.exp(-np.abs(rows) / (0.012 * both.height)))
    shade = Image.fromarray(fold.astype(np.uint8)[:, None]).resize(both.size, Image.NEAREST)
    return ImageChops.multiply(both, Image.merge("RGB", [shade] * 3)), page.image.height


def numbers(points):
    return " ".join(f"{v:.1f}" for v in np.asarray(points).reshape(-1))


def draw_picture(index, options, portraits, eyes):
    """One picture of the series and its line of truth; its chances depend on the seed and its number only."""
    rng = np.random.default_rng([options.seed, index])
    names = list(portraits)
    # Every portrait in turn, so that each is drawn about equally often.
    name = names[index % len(names)]
    portrait = Image.open(io.BytesIO(portraits[name])).convert("RGB")
    cropped, crop = crop_to_aspect(portrait)
    layout, kind = LAYOUTS[pick(rng, options.layouts)], pick(rng, options.scenes)
    dpi, ground, look = pick(rng, options.dpi), pick(rng, options.backgrounds), pick(rng, options.looks)
    if kind in ("a4", "booklet"):
        dpi = min(dpi, options.sheet_dpi)
    fine = dpi if dpi > 200 else 2 * dpi  # Coarse scans are averages of finer print.
    ghosts = (1 + chance(rng, 0.15)) if chance(rng, options.ghost) else 0
    page = draw_page(rng, cropped, layout, fine, ghosts)
    image, down = with_visa_page(rng, page, layout, fine) if kind == "booklet" and not layout.cards else (page.image, 0)
    if fine != dpi:
        image = image.reduce(2)
    tilt = draw_tilt(rng, options.tilt)
    scene = page_scenes.place_page(rng, image, kind, ground, tilt, dpi)
    quality = int(rng.integers(40, 96))
    look_image = scan_looks.apply_look(rng, scene.image, look, dpi)
    file = f"{index:05d}.jpg"
    (options.out / file).write_bytes(scan_looks.jpeg_bytes(look_image, quality))

    scale = dpi / fine

    def placed(box):
        return scene.corners([(v + offset) * scale for v, offset in zip(box, (0, down, 0, down))])

    eye_points = ""
    if pathlib.PurePath(name).name in eyes:
        left, top, right, bottom = page.portrait
        inside = (np.array(eyes[pathlib.PurePath(name).name]) - crop[:2]) / (crop[2] - crop[0], crop[3] - crop[1])
        eye_points = numbers(page_scenes.project(scene.place, scale * (inside * (right - left, bottom - top) + (left, top + down))))
    return [file, pathlib.PurePath(name).name.split("_")[0], name, layout.name, kind, ground, look, dpi, f"{tilt:.2f}", quality,
            numbers(placed((0, 0, *page.image.size))), numbers(placed(page.portrait)), eye_points, ";".join(numbers(placed(g)) for g in page.ghosts)]


def choice_of(known):
    def read(text):
        chosen = text.split(",")
        wrong = [c for c in chosen if c not in known]
        if wrong:
            raise argparse.ArgumentTypeError(f"{wrong[0]} is none of {', '.join(dict.fromkeys(known))}")
        return chosen
    return read


def backgrounds(text):
    groups = {"light": page_scenes.LIGHT, "dark": page_scenes.DARK, "all": page_scenes.LIGHT + page_scenes.DARK}
    return list(groups[text]) if text in groups else choice_of(groups["all"])(text)


def resolutions(text):
    values = [int(v) for v in text.split(",")]
    if not all(72 <= v <= 1200 for v in values):
        raise argparse.ArgumentTypeError("a resolution is from 72 to 1200")
    return values


def angles(text):
    low, _, high = text.partition("..")
    return float(low), float(high or low)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--portraits", required=True)
    parser.add_argument("--under", default="", help="only portraits whose path contains this")
    parser.add_argument("--faces", help="what list_faces printed of the portraits")
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dpi", type=resolutions, default=[150, 200, 300, 400, 600])
    parser.add_argument("--sheet-dpi", type=int, default=300, help="at most this where an A4 sheet or an open booklet is scanned")
    parser.add_argument("--tilt", type=angles, help="LOW..HIGH; by default every angle, many of them small")
    parser.add_argument("--ghost", type=float, default=0.85, help="share of pages with a ghost portrait")
    parser.add_argument("--layouts", type=choice_of(list(LAYOUTS)), default=list(LAYOUTS))
    parser.add_argument("--scenes", type=choice_of(page_scenes.SCENES), default=list(page_scenes.SCENES))
    parser.add_argument("--backgrounds", type=backgrounds, default=backgrounds("all"))
    parser.add_argument("--looks", type=choice_of(scan_looks.LOOKS), default=list(scan_looks.LOOKS))
    parser.add_argument("--jobs", type=int, default=1)
    return parser.parse_args()


def main():
    options = parse()
    for name in page_drawing.SANS + page_drawing.BOLD + page_drawing.MONO:
        if not (page_drawing.FONTS / name).is_file():
            stop(f"no font {page_drawing.FONTS / name}; apt install {PACKAGES}")
    portraits = read_portraits(options.portraits, options.under)
    if not portraits:
        stop(f"no portraits in {options.portraits}")
    options.out.mkdir(parents=True, exist_ok=True)
    draw = functools.partial(draw_picture, options=options, portraits=portraits, eyes=read_eyes(options.faces))
    with multiprocessing.Pool(options.jobs) as pool, open(options.out / "truth.csv", "w", newline="", encoding="utf-8") as truth:
        rows = csv.writer(truth)
        rows.writerow(COLUMNS)
        for row in pool.imap(draw, range(options.count)):
            rows.writerow(row)
            truth.flush()


if __name__ == "__main__":
    main()
