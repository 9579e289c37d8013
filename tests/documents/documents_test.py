#!/usr/bin/env python3
"""Runs the commands that the documents show, as they stand there.

Of each document the ```sh blocks and, in tables, the cells of one command. A command that would take longer
than half a minute runs with --dry-run. People, letters and models that a reader would have are made or stand
in, in a folder that is thrown away. What needs data that is not there is skipped, and named. The last line
counts.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

from PIL import Image, ImageDraw

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared/data"
DOCUMENTS = ["README.md", "native/COMMANDS.md", "native/training/TRAINING.md"]

# What a command names, and the data set that it takes. Photos of people cannot be drawn.
NEEDS = {name: name for name in ("lfw.tar", "frll.tar", "omniglot.tar.gz", "faces-fiw.tar", "faces-pins.tar", "faces-celeba.tar",
                              "fairface-val.tar")}
NEEDS |= {name: "frll.tar" for name in ("passport.jpg", "selfie.jpg", "people.json")}
NEEDS |= {name: "omniglot.tar.gz" for name in ("attributes.csv", "greek.zeroshot")}  # Made from it, commands before.

# Commands of another place or time: whole builds, the page's tests, PyTorch.
ELSEWHERE = ("./run", "./test", "cd tests", "tests/bench/", "node tests/bench/", "python3 tests/bench/")

# What stands in for a model that a training run would have made: another of its kind.
FACES = "mobilefacenet.visavis"
CHARACTERS = ROOT / "models/characters/characters.visavis"


def commands_of(document):
    """Every command of the document, in order."""
    in_block = False
    for line in (ROOT / document).read_text().splitlines():
        if line.startswith("```"):
            in_block = line == "```sh"
        elif in_block and line:
            yield line
        elif line.startswith("| "):
            last = re.split(r"(?<!\\)\|", line)[-2].strip()
            if re.fullmatch(r"`[^`]+ [^`]+`", last):
                yield last.strip("`").replace("\\|", "|")


def is_long(command):
    """Whether it takes more than half a minute: training, the 7,701 photos of LFW, tables of episodes."""
    return " train --" in command and "zero-shot" not in command or "lfw.tar" in command or "--episodes" in command


def draw_letter(path, shape, shift):
    """A character in thin black strokes, as Omniglot's are."""
    image = Image.new("L", (105, 105), 255)
    draw = ImageDraw.Draw(image)
    low, high = 20 + shift, 85 + shift
    if shape == "ring":
        draw.ellipse((low, low, high, high), outline=0, width=5)
    elif shape == "cross":
        draw.line((low, low, high, high), fill=0, width=5)
        draw.line((low, high, high, low), fill=0, width=5)
    else:
        for y in (low, (low + high) / 2, high):
            draw.line((low, y, high, y), fill=0, width=5)
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path)


def make_letters(folder):
    for shape in ("ring", "cross", "bars"):
        for shift in (-4, 3):
            draw_letter(folder / "alphabet" / shape / f"{shift + 5}.png", shape, shift)
    draw_letter(folder / "letter.png", "ring", 0)


def make_people(folder):
    """A neutral and a smiling photo of each; where there are none, drawings, for dry runs."""
    sets = ("neutral_front", "smiling_front")
    groups = {"people": range(6), "other-people": range(6, 10), "strangers": range(10, 13)}
    photos = {}
    if (DATA / "frll.tar").exists():
        with tarfile.open(DATA / "frll.tar") as archive:
            names = archive.getnames()
            for kind in sets:
                for person, name in enumerate(sorted(n for n in names if f"/{kind}/" in n and n.endswith(".jpg"))[:13]):
                    photos[person, kind] = archive.extractfile(name).read()
    for group, members in groups.items():
        for person in members:
            for kind in sets:
                # Strangers lie beside each other; of people each has a folder.
                place = folder / group / (f"{person}_{kind}.jpg" if group == "strangers" else f"p{person}/{kind}.jpg")
                place.parent.mkdir(parents=True, exist_ok=True)
                if photos:
                    place.write_bytes(photos[person, kind])
                else:
                    Image.new("RGB", (200, 200), (20 * person, 99, 60 * sets.index(kind))).save(place)
    shutil.copy(folder / "people/p0/neutral_front.jpg", folder / "passport.jpg")
    shutil.copy(folder / "people/p0/smiling_front.jpg", folder / "selfie.jpg")


def make_folder(folder):
    for name in ("build", "models"):
        (folder / name).symlink_to(ROOT / name)
    for name in set(NEEDS.values()):
        if (DATA / name).exists():
            (folder / name).symlink_to(DATA / name)
    make_letters(folder)
    make_people(folder)
    shutil.copy(CHARACTERS, folder / "five-alphabets.visavis")
    import_faces(folder)


def import_faces(folder):
    """As models/imported/import.sh does, but with all channels, as training makes them."""
    imported = ROOT / "models/imported"
    network = imported / "node_modules/faceplugin-face-recognition-js/model/fr_feature.onnx"
    subprocess.run([ROOT / "build/native/visavis", "import", "onnx", network, "--keep-dead-channels",
                    "--settings", imported / "mobilefacenet.json", "--out", folder / FACES],
                   check=True, capture_output=True)


def stand_in(command, folder):
    """Puts down a model and a checkpoint where a training run, which ran dry, would have."""
    out = re.search(r" train .*--out (\S+)", command)
    if out:
        model = CHARACTERS if "--whole-images" in command else folder / FACES
        shutil.copy(model, folder / out[1])
        (folder / f"{out[1]}.run").mkdir()
        shutil.copy(model, folder / f"{out[1]}.run/checkpoint")


def run(command, folder):
    """Why it fails, or nothing; prints what it did."""
    start = time.monotonic()
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=folder, capture_output=True, text=True, errors="replace")
    print(f"  {time.monotonic() - start:5.1f} s  {command}")
    lines = done.stdout.splitlines()
    print("".join(f"         | {line}\n" for line in lines[:3]), end="", flush=True)
    return "" if done.returncode == 0 else f"exit code {done.returncode}: {done.stderr.strip()[-600:]}"


def main():
    passed, failed, skipped = 0, 0, 0
    has_faces = (DATA / "frll.tar").exists()
    for document in DOCUMENTS:
        print(document)
        with tempfile.TemporaryDirectory() as place:
            folder = pathlib.Path(place)
            make_folder(folder)
            for command in commands_of(document):
                missing = sorted({data for name, data in NEEDS.items() if name in command and not (DATA / data).exists()})
                if command.startswith(ELSEWHERE):
                    print(f"  skipped  {command}: takes long or is tested elsewhere")
                    skipped += 1
                    continue
                if missing:
                    print(f"  skipped  {command}: needs {', '.join(f'../shared/data/{name}' for name in missing)}")
                    skipped += 1
                    continue
                if "build/wasm/" in command and not (ROOT / "build/wasm/visavis.wasm").exists():
                    print(f"  skipped  {command}: needs build/wasm")
                    skipped += 1
                    continue
                # Without photos of people what looks at --folders runs dry too.
                if (is_long(command) or "--folders" in command and not has_faces) and "--dry-run" not in command:
                    command += " --dry-run"
                why = run(command, folder)
                if command.endswith("--dry-run"):
                    stand_in(command, folder)
                passed, failed = passed + (why == ""), failed + (why != "")
                if why:
                    print(f"    FAILED: {document}: {command}: {why}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
