#!/usr/bin/env python3
"""Says how often the detector finds the right face in drawn pages, and how often it finds one where nobody is.

Usage: build/native/list_faces FOLDER > faces.jsonl; python3 measure_faces.py pages FOLDER/truth.csv faces.jsonl [--by dpi,layout,..]
       build/native/list_faces FOLDER > faces.jsonl; python3 measure_faces.py nonfaces faces.jsonl

pages: every picture's faces are told apart by where they lie (truth.csv of draw_pages.py): `portrait` (the eyes lie inside the
portrait, and are as far apart as in a portrait), `ghost` (inside a ghost's box), `page` (anything else: the page itself, text, the
background). Printed are the share of pictures whose first face is of each kind, of those where the portrait was found at all, and
the confidences of each kind; pictures with another first choice are named. nonfaces: the pictures with a face, the most confident
first. Exit code 1 where any picture has another first choice than the portrait, or any face at all.
"""

import argparse
import collections
import csv
import json
import math
import pathlib
import sys

MAX_EYE_ERROR = 0.35  # Of the distance between the eyes, where truth.csv knows them.
EYES_TO_WIDTH = 0.12, 0.62  # Distance between the eyes over the portrait's width, in any portrait.


def points_of(text):
    values = [float(v) for v in text.split()]
    return list(zip(values[::2], values[1::2]))


def inside(point, corners):
    """Whether a convex polygon, clockwise with y down, holds the point."""
    pairs = zip(corners, corners[1:] + corners[:1])
    return all((b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]) >= 0 for a, b in pairs)


def is_portrait(eyes, truth):
    """`eyes`: left and right as the detector gives them, which may be the wrong way up."""
    corners = points_of(truth["face_box"])
    known = points_of(truth["eyes"])
    if known:
        apart = math.dist(*known)
        return max(math.dist(eyes[0], known[0]), math.dist(eyes[1], known[1])) <= MAX_EYE_ERROR * apart
    share = math.dist(*eyes) / math.dist(corners[0], corners[1])
    return all(inside(eye, corners) for eye in eyes) and EYES_TO_WIDTH[0] <= share <= EYES_TO_WIDTH[1]


def kind_of(face, truth):
    eyes = [tuple(p) for p in face["keypoints"][:2]]
    if is_portrait(eyes, truth):
        return "portrait"
    ghosts = [points_of(text) for text in truth["ghosts"].split(";") if text]
    if any(all(inside(eye, ghost) for eye in eyes) for ghost in ghosts):
        return "ghost"
    return "page"


def read_faces(path):
    return [json.loads(line) for line in open(path, encoding="utf-8")]


def spread(values):
    values = sorted(values)
    at = [values[min(len(values) - 1, int(share * len(values)))] for share in (0, 0.05, 0.5, 0.95)] + [values[-1]]
    return " ".join(f"{v:.3f}" for v in at)


def print_groups(columns, pictures):
    """The share of portraits chosen first within each value of a column of truth.csv."""
    for column in columns:
        groups = collections.defaultdict(list)
        for truth, first in pictures:
            groups[truth[column]].append(first == "portrait")
        for value, right in sorted(groups.items()):
            print(f"  {column} {value}: portrait first in {sum(right)} of {len(right)}")


def measure_pages(options):
    with open(options.truth, encoding="utf-8") as file:
        truths = {row["file"]: row for row in csv.DictReader(file)}
    firsts, found, confidences, pictures, milliseconds = collections.Counter(), 0, collections.defaultdict(list), [], []
    for entry in read_faces(options.faces):
        name = pathlib.PurePath(entry["file"]).name
        if name not in truths:
            sys.exit(f"measure_faces.py: {name} is not in {options.truth}")
        faces = entry.get("faces", [])
        kinds = [kind_of(face, truths[name]) for face in faces]
        for face, kind in zip(faces, kinds):
            confidences[kind].append(face["confidence"])
        first = kinds[0] if kinds else "none"
        firsts[first] += 1
        found += "portrait" in kinds
        milliseconds.append(entry.get("milliseconds", 0))
        pictures.append((truths[name], first))
        if first != "portrait":
            truth = truths[name]
            print(f"{name}: {first} first; {truth['layout']} {truth['scene']} {truth['look']} {truth['dpi']} dpi tilt {truth['tilt']}")
    total = len(pictures)
    if not total:
        sys.exit(f"measure_faces.py: nothing in {options.faces}")
    print(f"{total} pictures; first choice: " + ", ".join(f"{kind} {firsts[kind]}" for kind in ("portrait", "ghost", "page", "none")))
    print(f"portrait found in {found}; milliseconds of detection, least to most (0, 5, 50, 95, 100%): {spread(milliseconds)}")
    for kind, values in sorted(confidences.items()):
        print(f"confidence of {len(values)} {kind} faces: {spread(values)}")
    print_groups(options.by, pictures)
    return firsts["portrait"] < total


def measure_nonfaces(options):
    entries = read_faces(options.faces)
    hits = sorted((-entry["faces"][0]["confidence"], entry["file"]) for entry in entries if entry.get("faces"))
    for confidence, file in hits:
        print(f"{-confidence:.3f} {file}")
    errors = [entry for entry in entries if "error" in entry]
    for entry in errors:
        print(f"not looked at: {entry['error']}")
    times = [entry["milliseconds"] for entry in entries if "milliseconds" in entry]
    print(f"{len(entries) - len(errors)} pictures, a face in {len(hits)}; milliseconds of detection: {spread(times or [0])}")
    return bool(hits)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    pages = commands.add_parser("pages")
    pages.add_argument("truth")
    pages.add_argument("faces")
    pages.add_argument("--by", type=lambda text: text.split(","), default=[])
    pages.set_defaults(run=measure_pages)
    nonfaces = commands.add_parser("nonfaces")
    nonfaces.add_argument("faces")
    nonfaces.set_defaults(run=measure_nonfaces)
    options = parser.parse_args()
    sys.exit(1 if options.run(options) else 0)


if __name__ == "__main__":
    main()
