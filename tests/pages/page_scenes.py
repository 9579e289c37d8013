"""Where a page lies: on a scanner's lid, an A4 sheet, a desk; turned, or seen by a phone from the side.

Coordinates are continuous pixels: the first pixel covers [0, 1).
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from page_drawing import chance, pick

LIGHT = ("white", "paper", "light-grey", "light-wood", "light-cloth")
DARK = ("black", "dark-grey", "dark-wood", "dark-cloth", "desk")
SCENES = ("page", "flatbed", "a4", "booklet", "phone")
A4 = 210, 297  # millimetres


@dataclass
class Scene:
    """A picture of a page; `place` is the homography [3, 3] from the page's pixels to the picture's."""
    image: Image.Image
    place: np.ndarray

    def corners(self, box):
        """The corners of a box of the page's pixels (left, top, right, bottom) in the picture: [4, 2], clockwise from top left."""
        left, top, right, bottom = box
        return project(self.place, [(left, top), (right, top), (right, bottom), (left, bottom)])


def project(matrix, points):
    points = np.hstack([np.asarray(points, float), np.ones((len(points), 1))]) @ matrix.T
    return points[:, :2] / points[:, 2:]


def shift(x, y):
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1.0]])


def turn(degrees):
    """Counterclockwise as seen, as PIL's Image.rotate."""
    a = np.deg2rad(degrees)
    return np.array([[np.cos(a), np.sin(a), 0], [-np.sin(a), np.cos(a), 0], [0, 0, 1.0]])


def homography(source, target):
    """The matrix that takes four points to four others."""
    rows = []
    for (x, y), (u, v) in zip(source, target):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    h = np.linalg.solve(np.array(rows, float), np.asarray(target, float).reshape(-1))
    return np.append(h, 1).reshape(3, 3)


def smooth_noise(rng, size, cell):
    """Noise in -1..1 of a width x height, with features of `cell` (x, y) pixels."""
    width, height = max(2, round(size[0] / cell[0])), max(2, round(size[1] / cell[1]))
    small = Image.fromarray(rng.normal(0, 1, (height, width)).astype(np.float32), "F")
    return np.clip(np.asarray(small.resize(size, Image.BICUBIC)) / 2, -1, 1)


def background(rng, size, kind):
    """A surface of this kind. It is drawn at a quarter of its size or so: what lies behind a page is soft."""
    shrink = max(1, min(4, min(size) // 200))
    small = max(2, -(-size[0] // shrink)), max(2, -(-size[1] // shrink))
    flat = {"white": (250, 250, 250), "paper": (242, 240, 232), "light-grey": (205, 206, 208), "black": (14, 14, 16), "dark-grey": (62, 62, 66),
            "light-wood": (205, 170, 120), "dark-wood": (92, 58, 36), "light-cloth": (210, 205, 195), "dark-cloth": (48, 56, 82),
            "desk": (86, 74, 66)}[kind]
    if kind in ("white", "black"):
        return Image.new("RGB", size, tuple(int(np.clip(v + rng.integers(-4, 5), 0, 255)) for v in flat))
    tone = 6 * smooth_noise(rng, small, (small[0] / 3, small[1] / 3))
    if kind.endswith("wood"):
        grain = smooth_noise(rng, small, (small[0] / 4, max(1.5, small[1] / 90)))
        tone = tone + 26 * grain + 12 * np.sin(18 * smooth_noise(rng, small, (small[0] / 2, small[1] / 6)))
    elif kind.endswith("cloth"):
        v, u = np.mgrid[0:small[1], 0:small[0]]
        pitch = rng.uniform(3, 9)
        tone = tone + 12 * np.sin(2 * np.pi * u / pitch) * np.sin(2 * np.pi * v / pitch) + 8 * smooth_noise(rng, small, (8, 8))
    elif kind == "desk":
        tone = tone + 14 * smooth_noise(rng, small, (small[0] / 6, small[1] / 6)) + 4 * rng.normal(0, 1, (small[1], small[0]))
    image = np.clip(np.array(flat, np.float32) + tone[:, :, None].astype(np.float32), 0, 255).astype(np.uint8)
    return Image.fromarray(image).resize(size, Image.BILINEAR)


def paste_warped(ground, page, matrix, shadow):
    """The page onto the ground by its homography; `shadow`: how dark the ground gets beside it, 0..1."""
    coefficients = np.linalg.inv(matrix)
    coefficients = (coefficients / coefficients[2, 2]).reshape(-1)[:8]
    mask = Image.new("L", page.size, 255).transform(ground.size, Image.PERSPECTIVE, coefficients, Image.BILINEAR)
    if shadow:
        reach = max(2, min(ground.size) // 120)
        small = mask.resize((max(1, ground.width // 4), max(1, ground.height // 4))).filter(ImageFilter.GaussianBlur(reach / 2))
        dark = small.resize(ground.size, Image.BILINEAR).point([round(v * shadow) for v in range(256)])
        ground.paste((0, 0, 0), (reach // 2, reach // 2), dark)
    ground.paste(page.transform(ground.size, Image.PERSPECTIVE, coefficients, Image.BICUBIC), (0, 0), mask)
    return ground


def framed(page, matrix, margins):
    """Size of the picture and the homography into it, so that the turned page has these margins (pixels: left, top, right, bottom)."""
    corners = project(matrix, [(0, 0), (page.width, 0), (page.width, page.height), (0, page.height)])
    low, high = corners.min(0), corners.max(0)
    size = tuple(int(np.ceil(v)) for v in high - low + (margins[0] + margins[2], margins[1] + margins[3]))
    return size, shift(margins[0] - low[0], margins[1] - low[1]) @ matrix


def tilted_back(rng, page, matrix):
    """A phone's view: the far side of the page is smaller."""
    corners = project(matrix, [(0, 0), (page.width, 0), (page.width, page.height), (0, page.height)])
    span = corners.max(0) - corners.min(0)
    seen = corners + rng.uniform(-0.07, 0.07, (4, 2)) * span.min()
    return homography([(0, 0), (page.width, 0), (page.width, page.height), (0, page.height)], seen)


def on_a4(rng, page, matrix, dpi):
    """Size of an A4 scan (upright or not) and the homography that puts the page somewhere on it."""
    a4 = tuple(round(v * dpi / 25.4) for v in (A4 if chance(rng, 0.6) else A4[::-1]))
    size, placed = framed(page, matrix, (0, 0, 0, 0))
    free = np.array(a4) - size
    if (free < 0).any():  # A booklet, laid across: the scan is cut to it.
        return framed(page, matrix, (20, 20, 20, 20))
    return a4, shift(*(rng.uniform(0, 1, 2) * free)) @ placed


def place_page(rng, page, kind, ground_kind, tilt, dpi):
    """`page`: PIL image; `tilt`: degrees counterclockwise; `dpi` gives the size of an A4 scan and of margins."""
    matrix = turn(tilt)
    scale = dpi / 25.4
    if kind == "phone":
        matrix = tilted_back(rng, page, matrix)
    if kind == "page":  # As an editor's "rotate and enlarge" leaves it.
        size, placed = framed(page, matrix, (0, 0, 0, 0))
    elif kind == "a4":
        size, placed = on_a4(rng, page, matrix, dpi)
    else:
        size, placed = framed(page, matrix, rng.uniform(2, 35, 4) * scale)
    shadow = pick(rng, [0, 0.25, 0.45]) if kind != "page" else 0
    return Scene(paste_warped(background(rng, size, ground_kind), page, placed, shadow), placed)
