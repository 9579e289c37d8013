#!/usr/bin/env python3
"""Chooses the pictures without anybody among unpacked Debian packages; called by fetch_nonfaces.sh.

Usage: python3 select_nonfaces.py UNPACKED OUT

UNPACKED holds a folder for each package of nonface_packages.tsv. Links to the pictures of each part are made in OUT/train,
OUT/choose and OUT/test, named PACKAGE__PATH with `_` for `/`; OUT/pictures.csv lists file, package, path, width, height. Taken
are PNG, JPEG and WebP of at least 64 pixels a side, each once: neither the same bytes nor the same look twice (as wallpapers in
several sizes have). Of a package that has more than its number, those whose SHA-256 comes first are taken; those of
nonface_people.txt are left out.
"""

import csv
import hashlib
import os
import pathlib
import re
import shutil
import sys

PACKAGES = "python3-pil python3-numpy"
try:
    import numpy as np
    from PIL import Image
except ImportError as error:
    sys.exit(f"select_nonfaces.py: {error}; apt install {PACKAGES}")

HERE = pathlib.Path(__file__).resolve().parent
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
MIN_SIDE = 64
PARTS = ("train", "choose", "test")
Image.MAX_IMAGE_PIXELS = None  # The product refuses what is too large; wallpapers are not.


def read_table(name):
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def look_of(image):
    """What makes two pictures the same to a viewer: brightness rising or falling to the right in 9x8 cells, and mean colour."""
    image = image.convert("RGBA")
    flat = Image.new("RGB", image.size, (255, 255, 255))
    flat.paste(image, mask=image.getchannel("A"))
    grey = np.asarray(flat.convert("L").resize((17, 16), Image.BOX), int)
    mean = np.asarray(flat.resize((1, 1), Image.BOX), int).reshape(3)
    return grey[:, 1:] > grey[:, :-1] + 2, mean


class Looks:
    """The looks taken so far."""

    def __init__(self):
        self.bits, self.means = [], []

    def add(self, look):
        """False where one like it is there already."""
        bits, mean = look
        if self.bits:
            near = (np.array(self.bits) != bits).sum((1, 2)) <= 6
            if (near & (np.abs(np.array(self.means) - mean).max(1) <= 4)).any():
                return False
        self.bits.append(bits)
        self.means.append(mean)
        return True


def pictures_of(folder, pattern):
    """(SHA-256, path) of the package's picture files, in the order of the hashes, each content once."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SUFFIXES and path.is_file() and not path.is_symlink() and re.search(pattern, str(path)):
            found.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), path)
    return sorted(found.items())


def choose(folder, pattern, most, looks):
    """At most `most` pictures: (path, width, height)."""
    chosen = []
    for _, path in pictures_of(folder, pattern):
        try:
            with Image.open(path) as image:
                if min(image.size) < MIN_SIDE:
                    continue
                if looks.add(look_of(image)):
                    chosen.append((path, *image.size))
        except (OSError, SyntaxError, ValueError) as error:
            print(f"left out: {path}: {error}", file=sys.stderr)
        if len(chosen) == most:
            break
    return chosen


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: select_nonfaces.py UNPACKED OUT")
    unpacked, out = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    people = {row[0] for row in read_table("nonface_people.txt")}
    looks, rows = Looks(), []
    for part in PARTS:
        shutil.rmtree(out / part, ignore_errors=True)
        (out / part).mkdir(parents=True)
    for package, part, most, pattern in read_table("nonface_packages.tsv"):
        for path, width, height in choose(unpacked / package, pattern, int(most), looks):
            inside = str(path.relative_to(unpacked / package))
            if f"{package}/{inside}" in people:
                continue
            name = f"{part}/{package}__{inside.replace('/', '_')}"
            os.symlink(path, out / name)
            rows.append([name, package, inside, width, height])
    with open(out / "pictures.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["file", "package", "path", "width", "height"], *rows])
    for part in PARTS:
        print(part, sum(row[0].startswith(part) for row in rows), "pictures")


if __name__ == "__main__":
    main()
