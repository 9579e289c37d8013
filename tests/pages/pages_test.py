#!/usr/bin/env python3
"""Tests of the drawing and counting of pages: the truth is where it says, and one seed gives one set of pictures.

The portrait is drawn here: a light field with a black and a grey square for eyes, so that left and right differ in any look.
"""

import csv
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

PACKAGES = "python3-pil python3-numpy fonts-dejavu-core fonts-liberation"
try:
    from PIL import Image, ImageDraw
except ImportError as error:
    sys.exit(f"pages_test.py: error: {error}; apt install {PACKAGES}")

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import measure_faces  # noqa: E402

EYES = [[110, 180], [240, 180]]  # Of a portrait of 350x450 pixels.
COUNT = 10


def draw_portrait(path):
    image = Image.new("RGB", (350, 450), (235, 225, 215))
    for (x, y), tone in zip(EYES, (0, 120)):
        ImageDraw.Draw(image).rectangle((x - 40, y - 40, x + 40, y + 40), fill=(tone, tone, tone))
    image.save(path)


def run(script, *options):
    subprocess.run([sys.executable, str(HERE / script), *map(str, options)], check=True)


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        root = pathlib.Path(cls.folder.name)
        (root / "portraits").mkdir()
        draw_portrait(root / "portraits/anna_1.png")
        faces = {"file": "anna_1.png", "faces": [{"keypoints": [*EYES, [0, 0], [0, 0], [0, 0], [0, 0]]}]}
        (root / "faces.jsonl").write_text(json.dumps(faces) + "\n", encoding="utf-8")
        cls.options = ["--portraits", root / "portraits", "--faces", root / "faces.jsonl", "--count", COUNT, "--dpi", 100,
                       "--looks", "plain", "--ghost", 1]
        cls.out = root / "pages"
        run("draw_pages.py", *cls.options, "--seed", 1, "--out", cls.out)
        with open(cls.out / "truth.csv", encoding="utf-8") as file:
            cls.truths = list(csv.DictReader(file))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_names_the_person_and_every_picture(self):
        self.assertEqual([f"{index:05d}.jpg" for index in range(COUNT)], [truth["file"] for truth in self.truths])
        self.assertEqual({"anna"}, {truth["person"] for truth in self.truths})

    def test_eyes_lie_where_the_truth_says(self):
        for truth in self.truths:
            grey = Image.open(self.out / truth["file"]).convert("L")
            left, right = measure_faces.points_of(truth["eyes"])
            nose = (left[0] + right[0]) / 2, (left[1] + right[1]) / 2
            tones = [grey.getpixel((int(x), int(y))) for x, y in (left, right, nose)]
            # 25 of the 115 levels or so between the squares: holograms and grey prints take some of them.
            self.assertLess(tones[0] + 25, tones[1], truth)
            self.assertLess(tones[1] + 25, tones[2], truth)

    def test_one_seed_gives_one_set_of_pictures(self):
        with tempfile.TemporaryDirectory() as again, tempfile.TemporaryDirectory() as other:
            run("draw_pages.py", *self.options, "--count", 3, "--seed", 1, "--out", again)
            run("draw_pages.py", *self.options, "--count", 3, "--seed", 2, "--out", other)
            for truth in self.truths[:3]:
                picture = (self.out / truth["file"]).read_bytes()
                self.assertEqual(picture, (pathlib.Path(again) / truth["file"]).read_bytes())
                self.assertNotEqual(picture, (pathlib.Path(other) / truth["file"]).read_bytes())

    def test_faces_are_told_apart_by_where_they_lie(self):
        for truth in self.truths:
            eyes = measure_faces.points_of(truth["eyes"])
            self.assertEqual("portrait", measure_faces.kind_of({"keypoints": eyes}, truth))
            self.assertEqual("page", measure_faces.kind_of({"keypoints": eyes[::-1]}, truth))  # Upside down.
            self.assertEqual("page", measure_faces.kind_of({"keypoints": measure_faces.points_of(truth["page"])[:2]}, truth))
            for text in truth["ghosts"].split(";"):
                corners = measure_faces.points_of(text)
                middle = tuple(sum(point[k] for point in corners) / 4 for k in (0, 1))
                self.assertEqual("ghost", measure_faces.kind_of({"keypoints": [middle, middle]}, truth))

    def test_shapes_of_one_seed_are_the_same(self):
        with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
            for folder in (first, second):
                run("draw_nonfaces.py", "--count", 14, "--seed", 5, "--out", folder)
            names = sorted(path.name for path in pathlib.Path(first).iterdir())
            self.assertEqual(14, len(names))
            for name in names:
                self.assertEqual((pathlib.Path(first) / name).read_bytes(), (pathlib.Path(second) / name).read_bytes())


if __name__ == "__main__":
    unittest.main()
