"""Strokes as one person draws them: moved, warped, trembling, with Omniglot's pen."""

import numpy as np
from glyph_strokes import STEP, smooth

SQUARE = 105  # Side of an Omniglot image, pixels.
PEN_RADIUS = 2  # Omniglot's pen, measured: 5x5 pixels without the corners.


def starts_of(stroke):
    return np.diff(stroke, prepend=-1) > 0


def stamp(points, starts, size, radius, steps=12):
    """Images [size, size] of the points joined by straight lines; booleans, drawn with a pen of 2 radius + 1 pixels."""
    start, end = points[:-1][~starts[1:]], points[1:][~starts[1:]]
    between = np.linspace(0, 1, steps)[:, None, None]
    x, y = np.rint(start + (end - start) * between).astype(int).reshape(-1, 2).T.clip(radius, size - 1 - radius)
    line = np.zeros((size, size), bool)
    line[y, x] = True
    side = range(-radius, radius + 1)
    pen = [i * size + j for i in side for j in side if abs(i) + abs(j) < 2 * radius or radius == 0]
    drawn = np.zeros(size * size, bool)
    drawn[np.add.outer(np.flatnonzero(line), pen)] = True
    return drawn.reshape(size, size)


def warp(points, random):
    """A smooth displacement: waves of up to 1.2 periods per glyph in random directions."""
    for _ in range(4):
        wave = random.normal(0, 0.6, 2)
        wave *= min(1, 1.2 / np.hypot(*wave))
        phase = 2 * np.pi * (points @ wave + random.random())
        points = points + np.sin(phase)[:, None] * random.normal(0, 0.03, 2)
    return points


def affine(random, turn, shear, stretch):
    """A random 2x2 map; standard deviations of the angle in degrees, of the shear and of the logarithm of the aspect."""
    angle = np.radians(np.clip(random.normal(0, turn), -2 * turn, 2 * turn))
    rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    aspect = np.exp(random.normal(0, stretch) / 2)
    return rotation @ np.array([[aspect, random.normal(0, shear)], [0, 1 / aspect]])


def move_strokes(points, stroke, random):
    """Each stroke a little off by itself, and longer or shorter at its ends."""
    points = points.copy()
    for number in range(stroke[-1] + 1):
        at = np.flatnonzero(stroke == number)
        middle = points[at].mean(0)
        points[at] = (points[at] - middle) @ affine(random, 6, 0.06, 0.12) * np.exp(random.normal(0, 0.07)) + middle
        points[at] += random.normal(0, 0.025, 2)
        for end, inner in ((at[0], at[1]), (at[-1], at[-2])):
            away = points[end] - points[inner]
            points[end] += away / (np.hypot(*away) or 1) * np.clip(random.normal(0.01, 0.03), -STEP / 2, 0.1)
    return points


def draw(strokes, usual_size, random):
    """One drawer's image, booleans [SQUARE, SQUARE]; true is ink. `usual_size` is the class's longer side, pixels."""
    points, stroke = strokes
    starts = starts_of(stroke)
    points = move_strokes(points, stroke, random)
    points = smooth(warp(points, random), starts, random.integers(0, 4))
    points = points + smooth(random.normal(0, random.uniform(0.002, 0.013), points.shape), starts, 1)
    points = points @ affine(random, 4, 0.1, 0.16)
    low, high = points.min(0), points.max(0)
    pen = 2 * PEN_RADIUS + 1
    side = np.clip(usual_size * np.exp(random.normal(0, 0.14)), 42, 97) - pen
    points = (points - (low + high) / 2) * side / max(high - low)
    room = (SQUARE - pen - (high - low) * side / max(high - low)) / 2
    middle = np.clip(random.normal(-1, 6, 2), -room, room)
    return stamp(points + middle + SQUARE // 2, starts, SQUARE, PEN_RADIUS)
