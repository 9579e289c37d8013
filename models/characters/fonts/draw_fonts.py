#!/usr/bin/env python3
"""Draws the letters of many scripts as a person with a pen would, from fonts: more classes for an embedder of drawn characters.

Usage: python3 draw_fonts.py OUT [--drawers 8] [--seed 1] [--leave-out Latin,Devanagari,Tagalog] [--fonts /usr/share/fonts]

Writes OUT/SCRIPT/U+XXXX/NN.png, one image for each drawer: 105x105, 1 bit, black on white, as in Omniglot (Lake, Salakhutdinov,
Tenenbaum 2015). SCRIPT is the Unicode script. The same seed, fonts and versions of the packages give the same images. Needs the
Debian packages python3-pil, python3-fonttools, python3-numpy, fonts-noto-core and fonts-noto-extra.

Glyphs become strokes (glyph_strokes.py), which several people draw, each in their own way (drawer.py). The fonts of one script
(Sans, Serif) are several hands of the same class.

So that figures on Omniglot's evaluation set are of alphabets never seen, the scripts of EVALUATED are always left out; --leave-out
adds others, by default those of the three background alphabets that we test on (Devanagari is Omniglot's Sanskrit). RELATED
scripts, which have many signs in common with one of either kind, are left out too.
"""

import argparse
import os
import pathlib
import re
import sys

PACKAGES = "python3-pil python3-fonttools python3-numpy fonts-noto-core fonts-noto-extra"
try:
    import numpy as np
    from fontTools import ttLib, unicodedata
    from PIL import Image, ImageFont

    from drawer import draw, stamp, starts_of
    from glyph_strokes import GLYPH, render, strokes_of, thin
except ImportError as error:
    sys.exit(f"draw_fonts.py: {error}; apt install {PACKAGES}")

EVALUATED = ("Ethiopic Gurmukhi Kannada Malayalam Meetei_Mayek Mongolian Glagolitic Cyrillic Oriya Syloti_Nagri Syriac Tibetan "
             "Avestan").split()
RELATED = (  # To Latin; Tagalog; Devanagari; Tibetan; Syriac; Malayalam and Kannada; Avestan.
    "Lisu Deseret Cherokee Coptic Old_Italic Lycian Lydian Carian Warang_Citi Osage Gothic Old_Permic Elbasan "
    "Hanunoo Buhid Tagbanwa "
    "Gujarati Kaithi Modi Newa Sharada Takri Siddham Bhaiksuki Dogra Khojki Khudawadi Mahajani Multani Tirhuta Bengali Saurashtra "
    "Gunjala_Gondi Masaram_Gondi "
    "Phags_Pa Marchen Soyombo Zanabazar_Square "
    "Mandaic Manichaean Sogdian Old_Sogdian "
    "Grantha Telugu "
    "Psalter_Pahlavi Inscriptional_Pahlavi Inscriptional_Parthian").split()
TOO_COMPLEX = ("Egyptian_Hieroglyphs Cuneiform Anatolian_Hieroglyphs Tangut Han Hangul "
               "Khitan_Small_Script").split()
NO_LETTERS = "Common Inherited Unknown Braille".split()
CATEGORIES = {"Lo", "Lu", "Ll", "Lm", "Nd"}
FONT_NAME = re.compile(r"Noto(Sans|Serif|Looped|Naskh|Kufi|Traditional)\w*-Regular\.[ot]tf")
# UI is the same outlines with other spacing; regional Tifinagh gives one code point other shapes, so it is no other hand.
OTHER_FONTS = re.compile(r"UI-|Display|Mono|Math|Symbols|Slanted|Music|Tifinagh\w+-|Siyaq")
CLASSES_PER_SCRIPT = 120  # At most, so that no script dominates.
HANDS_PER_CLASS = 3
ALIKE_WITHIN = 0.07  # Two skeletons are one shape if no part of either is farther than this from the other.


def find_hands(folder, left_out):
    """Fonts of each letter: {script: {code point: [path]}}; `left_out` are ISO 15924 codes."""
    paths = sorted(p for p in pathlib.Path(folder).rglob("Noto*") if FONT_NAME.fullmatch(p.name) and not OTHER_FONTS.search(p.name))
    if not paths:
        sys.exit(f"draw_fonts.py: no Noto fonts in {folder}; apt install {PACKAGES}")
    hands = {}
    for path in paths:
        with ttLib.TTFont(path, lazy=True) as font:
            codes = sorted(font.getBestCmap() or ())
        for code in codes:
            # A decomposition marks presentation forms, ligatures and letters that carry a mark.
            if unicodedata.category(chr(code)) not in CATEGORIES or unicodedata.decomposition(chr(code)):
                continue
            script = unicodedata.script(chr(code))
            if script not in left_out:
                name = unicodedata.script_name(script).replace(" ", "_")
                hands.setdefault(name, {}).setdefault(code, []).append(path)
    return hands


def shapes_alike(lines, wides, line, wide):
    """Which of the earlier skeletons are nearly the same as this one; `wides` are the skeletons within ALIKE_WITHIN."""
    covered = (lines & wide).sum((1, 2)) >= 0.98 * lines.sum((1, 2))
    return covered & ((wides & line).sum((1, 2)) >= 0.98 * line.sum())


def outline_maps(strokes, size=48):
    """The skeleton thin and widened, [2, size, size], for shapes_alike."""
    points, stroke = strokes
    side = size / (1 + 4 * ALIKE_WITHIN)
    return np.stack([stamp(points * side + size / 2, starts_of(stroke), size, radius)
                     for radius in (0, round(ALIKE_WITHIN * side))])


def is_new(maps, earlier):
    return not earlier or not shapes_alike(*np.stack(earlier, 1), *maps).any()


def script_classes(letters, random):
    """{code point: [strokes of each hand]} of at most CLASSES_PER_SCRIPT letters that differ in shape."""
    codes = random.permutation(sorted(letters))[:2 * CLASSES_PER_SCRIPT]
    fonts = {path: ImageFont.truetype(str(path), 2 * GLYPH, layout_engine=ImageFont.Layout.BASIC)
             for path in sorted({path for code in codes for path in letters[code]})}
    glyphs = [(code, path, render(fonts[path], code)) for code in sorted(codes.tolist()) for path in letters[code][:HANDS_PER_CLASS]]
    glyphs = [glyph for glyph in glyphs if glyph[2] is not None]
    if not glyphs:
        return {}
    skeletons = thin(np.stack([glyph for _, _, glyph in glyphs]))
    hands = {}
    for (code, path, glyph), skeleton in zip(glyphs, skeletons):
        strokes = strokes_of(skeleton, glyph.sum(), "Serif" in path.name)
        if strokes:
            hands.setdefault(code, []).append(strokes)
    classes, earlier = {}, []
    for code, strokes in hands.items():
        maps = [outline_maps(hand) for hand in strokes]
        if all(is_new(map_, earlier) for map_ in maps):
            classes[code] = strokes
            earlier += maps
    kept = sorted(random.permutation(sorted(classes))[:CLASSES_PER_SCRIPT].tolist())
    return {code: classes[code] for code in kept}


def draw_class(hands, folder, drawers, random):
    """Sizes and places have Omniglot's spread: the longer side is 68 pixels in the median, 46 to 95 for 96%."""
    folder.mkdir(parents=True)
    usual_size = 68 * np.exp(random.normal(0, 0.11))
    for drawer in range(drawers):
        ink = draw(hands[drawer % len(hands)], usual_size, random)
        Image.fromarray(~ink).save(folder / f"{drawer + 1:02}.png")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--drawers", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--leave-out", default="Latin,Devanagari,Tagalog")
    parser.add_argument("--fonts", default="/usr/share/fonts")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    partial = arguments.out.with_name(arguments.out.name + ".partial")
    for path in (arguments.out, partial):
        if path.exists():
            sys.exit(f"draw_fonts.py: {path} exists")
    named = [name.strip() for name in arguments.leave_out.split(",") if name.strip()]
    try:
        left_out = set(map(unicodedata.script_code, [*EVALUATED, *RELATED, *TOO_COMPLEX, *NO_LETTERS, *named]))
    except KeyError as error:
        sys.exit(f"draw_fonts.py: {error} is not a Unicode script")
    scripts = find_hands(arguments.fonts, left_out)
    count = 0
    for number, script in enumerate(sorted(scripts)):
        classes = script_classes(scripts[script], np.random.default_rng([arguments.seed, *script.encode()]))
        for code, hands in classes.items():
            draw_class(hands, partial / script / f"U+{code:04X}", arguments.drawers, np.random.default_rng([arguments.seed, code]))
        count += len(classes)
        print(f"\r{number + 1}/{len(scripts)} scripts, {count} classes ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    os.replace(partial, arguments.out)


if __name__ == "__main__":
    main()
