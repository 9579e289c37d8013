#!/usr/bin/env python3
"""Puts the crops that tests/pages/candidate_crops wrote into one tar of two classes, in two parts.

Usage: label_crops.py OUT.tar --faces FOLDER.. --others FOLDER.. --pages FOLDER TRUTH.csv

FOLDER holds crops.csv and the crops. A crop of --faces shows a face where it lies in the middle of the photo, as FairFace's faces
do, and is left out elsewhere: the detector may have taken something beside the face. None of --others shows one; a crop of --pages
does where it lies on the portrait or a ghost portrait that the page generator's truth.csv tells of. One picture in ten goes to val/,
with all its crops, the others to train/.
"""

import argparse
import csv
import pathlib
import tarfile

FAIRFACE_SIDE = 144  # Pixels of a photo.


def read_crops(folder):
    with open(pathlib.Path(folder) / "crops.csv", newline="") as file:
        return list(csv.DictReader(file))


def corners(text):
    numbers = [float(number) for number in text.split()]
    return list(zip(numbers[0::2], numbers[1::2]))


def is_inside(x, y, polygon):
    inside = False
    for (x1, y1), (x2, y2) in zip(polygon, polygon[1:] + polygon[:1]):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def lies_in_the_middle(crop):
    """Whether the candidate is about where the face of a FairFace photo is, and as large."""
    x, y, side = (float(crop[name]) / FAIRFACE_SIDE for name in ("x", "y", "side"))
    return abs(x - 0.5) < 0.36 and abs(y - 0.5) < 0.2 and 0.5 < side < 1.4


def side_of(polygon):
    (x0, y0), (x1, y1), (x2, y2) = polygon[:3]
    return (((x1 - x0)**2 + (y1 - y0)**2)**0.5 + ((x2 - x1)**2 + (y2 - y1)**2)**0.5) / 2


def shows_a_face(crop, page):
    """Whether the candidate lies on a portrait of the page and is about as large as its face."""
    portraits = [(corners(page["face_box"]), 0.3)]
    portraits += [(corners(ghost), 0.2) for ghost in page["ghosts"].replace(";", "|").split("|") if ghost.strip()]
    x, y, side = float(crop["x"]), float(crop["y"]), float(crop["side"])
    return any(is_inside(x, y, box) and least < side / side_of(box) < 1.6 for box, least in portraits)


def add(tar, folder, crops, classes):
    """`classes` is a class for each crop, or None to leave it out."""
    pictures = {}
    for crop, name in zip(crops, classes):
        if name is None:
            continue
        number = pictures.setdefault(crop["file"], len(pictures))
        part = f"val/{name}-held-out" if number % 10 == 0 else f"train/{name}"
        path = pathlib.Path(folder)
        tar.add(path / crop["crop"], f"{part}/{path.name}-{crop['crop']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out")
    parser.add_argument("--faces", nargs="+", default=[])
    parser.add_argument("--others", nargs="+", default=[])
    parser.add_argument("--pages", nargs=2, metavar=("FOLDER", "TRUTH"))
    options = parser.parse_args()
    with tarfile.open(options.out, "w") as tar:
        for folder in options.faces:
            crops = read_crops(folder)
            add(tar, folder, crops, ["face" if lies_in_the_middle(crop) else None for crop in crops])
        for folder in options.others:
            crops = read_crops(folder)
            add(tar, folder, crops, ["other"] * len(crops))
        if options.pages:
            folder, truth = options.pages
            with open(truth, newline="") as file:
                pages = {row["file"]: row for row in csv.DictReader(file)}
            crops = read_crops(folder)
            shown = [pages.get(pathlib.Path(crop["file"]).name) for crop in crops]
            add(tar, folder, crops,
                [None if page is None else "face" if shows_a_face(crop, page) else "other" for crop, page in zip(crops, shown)])


if __name__ == "__main__":
    main()
