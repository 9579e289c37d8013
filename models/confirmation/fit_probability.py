#!/usr/bin/env python3
"""Fits the probability that a candidate is a face: a logistic regression on the network's logit and the detector's confidence.

Usage: fit_probability.py --faces FOLDER.. --others FOLDER.. --pages FOLDER TRUTH.csv

FOLDER holds crops.csv as `candidate_crops classified` writes it, and FOLDER.list beside it names the pictures. The most confident
candidate in the middle of a picture of --faces shows a face, none of --others does, one of --pages does where it lies on a portrait
or ghost portrait (label_crops.py). Both classes weigh the same. Printed are the weights for face_probability in
core/face/face_detector.cpp, and for thresholds how many pictures would have a face: FaceDetector's search may end before it sees some
of these candidates, so it finds no more than this.
"""

import argparse
import csv
import pathlib
import sys

try:
    import numpy as np
except ImportError as error:
    sys.exit(f"fit_probability.py: {error}; apt install python3-numpy")

from label_crops import lies_in_the_middle, read_crops, shows_a_face

THRESHOLDS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


def features(candidates):
    return np.array([[1, float(c["logit"]), float(c["confidence"])] for c in candidates]).reshape(-1, 3)


def fit(positive, negative):
    """Newton's method; weights: bias, per logit, per confidence."""
    x = np.concatenate([positive, negative])
    y = np.concatenate([np.ones(len(positive)), np.zeros(len(negative))])
    share = np.where(y == 1, 0.5 / len(positive), 0.5 / len(negative))
    ridge = np.diag([0, 1e-6, 1e-6])
    weights = np.zeros(3)
    for _ in range(100):
        p = 1 / (1 + np.exp(-x @ weights))
        step = np.linalg.solve((x * (share * p * (1 - p))[:, None]).T @ x + ridge, x.T @ (share * (y - p)) - ridge @ weights)
        weights += step
        if np.abs(step).max() < 1e-9:
            break
    return weights


def by_picture(folder):
    """{file: its candidates} of every picture that was looked at."""
    with open(f"{folder}.list", encoding="utf-8") as file:
        pictures = {line.rstrip("\n"): [] for line in file}
    for candidate in read_crops(folder):
        pictures[candidate["file"]].append(candidate)
    return pictures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", nargs="+", required=True)
    parser.add_argument("--others", nargs="+", required=True)
    parser.add_argument("--pages", nargs=2, metavar=("FOLDER", "TRUTH"), required=True)
    parser.add_argument("--weights", nargs=3, type=float, metavar=("BIAS", "LOGIT", "CONFIDENCE"), help="instead of a fit: only the table")
    options = parser.parse_args()

    photos = {file: crops for folder in options.faces for file, crops in by_picture(folder).items()}
    nobody = {file: crops for folder in options.others for file, crops in by_picture(folder).items()}
    with open(options.pages[1], newline="", encoding="utf-8") as file:
        truths = {row["file"]: row for row in csv.DictReader(file)}
    pages = by_picture(options.pages[0])

    positive, negative = [], [crop for crops in nobody.values() for crop in crops]
    for crops in photos.values():
        in_the_middle = [crop for crop in crops if lies_in_the_middle(crop)]
        positive += sorted(in_the_middle, key=lambda crop: -float(crop["confidence"]))[:1]
    page_kinds = {}
    for file, crops in pages.items():
        truth = truths[pathlib.Path(file).name]
        page_kinds[file] = [shows_a_face(crop, truth) for crop in crops]
        for crop, is_face in zip(crops, page_kinds[file]):
            (positive if is_face else negative).append(crop)

    weights = fit(features(positive), features(negative)) if options.weights is None else np.array(options.weights)
    print(f"{len(positive)} faces, {len(negative)} others")
    print(f"kBias = {weights[0]:.2f}, kPerLogit = {weights[1]:.3f}, kPerConfidence = {weights[2]:.2f}")

    def surest(crops):
        return max(1 / (1 + np.exp(-features(crops) @ weights))) if crops else 0.0

    faces_p, nobody_p = (np.array([surest(crops) for crops in group.values()]) for group in (photos, nobody))
    portrait_p = np.array([surest([c for c, k in zip(pages[f], page_kinds[f]) if k]) for f in pages])
    ground_p = np.array([surest([c for c, k in zip(pages[f], page_kinds[f]) if not k]) for f in pages])
    print(f"without a candidate: {(faces_p == 0).sum()} of {len(faces_p)} photos of a face")
    print("threshold  photos without a face  pictures of nobody with one  pages: no portrait, something else found")
    for t in THRESHOLDS:
        print(f"{t:9.2f}  {(faces_p < t).sum():6} of {len(faces_p):6}      {(nobody_p >= t).sum():6} of {len(nobody_p):6}          "
              f"  {(portrait_p < t).sum():4}, {(ground_p >= t).sum():4} of {len(pages)}")
    for name, p in sorted(zip(nobody, nobody_p), key=lambda pair: -pair[1])[:25]:
        print(f"{p:.3f} {name}")


if __name__ == "__main__":
    main()
