"""A font's glyph as the strokes of a pen: thinned, traced, joined.

A glyph is thinned (Zhang and Suen 1984), its skeleton traced into strokes that run straight on through junctions, and branches
shorter than the font's stroke is wide removed.
"""

import numpy as np
from PIL import Image

GLYPH = 128  # The longer side of a glyph while it is thinned, pixels.
MARGIN = 2
STEP = 0.04  # Distance of the points of a stroke; like all lengths of strokes, in longer sides of the glyph.
LENGTH = (0.5, 5.5)  # Of all strokes of a glyph; the middle 98% of Omniglot's have 1 to 4.5.
NEIGHBOURS = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))  # Row, column; clockwise from above.


def render(font, code):
    """The glyph as booleans, its longer side GLYPH pixels, within a margin; None if it is blank."""
    mask, _ = font.getmask2(chr(code), mode="L")
    image = Image.frombytes("L", mask.size, bytes(mask)) if min(mask.size) > 0 else None
    box = image and image.getbbox()
    if not box:
        return None
    image = image.crop(box)
    scale = GLYPH / max(image.size)
    image = image.resize([max(1, round(side * scale)) for side in image.size], Image.LANCZOS)
    glyph = np.zeros((GLYPH + 2 * MARGIN,) * 2, bool)
    glyph[MARGIN:MARGIN + image.height, MARGIN:MARGIN + image.width] = np.asarray(image) >= 128
    return glyph if glyph.any() else None


def deletion_tables():
    """Zhang and Suen's two conditions for every neighbourhood; bit k is the k-th of NEIGHBOURS."""
    bits = np.arange(256)[:, None] >> np.arange(8) & 1
    count = bits.sum(1)
    rises = ((bits == 0) & (np.roll(bits, -1, 1) == 1)).sum(1)
    up, right, down, left = bits[:, 0], bits[:, 2], bits[:, 4], bits[:, 6]
    common = (count >= 2) & (count <= 6) & (rises == 1)
    return (common & (up * right * down == 0) & (right * down * left == 0),
            common & (up * right * left == 0) & (up * down * left == 0))


def thin(glyphs):
    """Skeletons of glyphs [count, row, column], all at once; only pixels that are still set are visited."""
    pixels = glyphs.astype(np.uint8)
    flat, width = pixels.reshape(-1), glyphs.shape[2]
    inside = np.flatnonzero(flat)
    tables, changed = deletion_tables(), True
    while changed:
        changed = False
        for table in tables:
            code = sum(flat[inside + row * width + column] << bit for bit, (row, column) in enumerate(NEIGHBOURS))
            gone = table[code]
            flat[inside[gone]] = 0
            inside = inside[~gone]
            changed |= bool(gone.any())
    return pixels.astype(bool)


def linked(skeleton):
    """Neighbours of each pixel: {(row, column): [(row, column)]}. A diagonal counts only if no pixel beside it makes the turn."""
    pixels = set(map(tuple, np.argwhere(skeleton).tolist()))
    return {(r, c): [(r + i, c + j) for i, j in NEIGHBOURS if (r + i, c + j) in pixels
                     and (i == 0 or j == 0 or ((r + i, c) not in pixels and (r, c + j) not in pixels))] for r, c in pixels}


def trace_edges(links):
    """Paths of pixels between ends and junctions, as lists of pixels. A ring begins and ends at one of its pixels."""
    edges, seen = [], set()

    def follow(start, at):
        path = [start, at]
        while len(links[at]) == 2 and at != start:
            at = next(n for n in links[at] if n != path[-2])
            path.append(at)
        seen.update(path)
        return path

    for pixel in sorted(links):
        if len(links[pixel]) != 2:
            seen.add(pixel)
            paths = [follow(pixel, n) for n in links[pixel]] or [[pixel, pixel]]
            edges += [path for path in paths if path <= path[::-1]]  # Each is met from both sides.
    edges += [follow(pixel, links[pixel][0]) for pixel in sorted(links) if pixel not in seen]
    return edges


def length(path):
    return float(np.hypot(*np.diff(np.asarray(path, float), axis=0).T).sum())


def join_junctions(edges, width):
    """Edges as [node, node, points], without those that only join two junctions that thinning made of one crossing."""
    degree, parent = {}, {}
    for path in edges:
        for node in (path[0], path[-1]):
            degree[node] = degree.get(node, 0) + 1

    def root(node):
        while node in parent:
            node = parent[node]
        return node

    kept = []
    for path in edges:
        ends = path[0], path[-1]
        if length(path) < 0.8 * width and min(degree[ends[0]], degree[ends[1]]) > 2:
            if root(ends[0]) != root(ends[1]):
                parent[root(ends[0])] = root(ends[1])
        else:
            kept.append(path)
    members = {}
    for node in sorted(degree):
        members.setdefault(root(node), []).append(node)
    joined = []
    for path in kept:
        ends = [root(path[0]), root(path[-1])]
        middles = [np.mean(members[node], 0) for node in ends]
        joined.append([*ends, np.concatenate([middles[:1], path, middles[1:]])])
    return joined


def without_spurs(edges, shortest):
    """Drops the branches shorter than `shortest` pixels at junctions that a longer edge leaves too."""
    at = {}
    for edge in edges:
        for node in edge[:2]:
            at.setdefault(node, []).append(edge)

    def is_spur(edge):
        free = sum(len(at[node]) == 1 for node in edge[:2])
        return free == 1 and length(edge[2]) < shortest

    def is_kept(edge):
        junction = max(edge[:2], key=lambda node: len(at[node]))
        return not is_spur(edge) or len(at[junction]) < 3 or all(map(is_spur, at[junction]))

    return [edge for edge in edges if is_kept(edge)]


def heading(points, reach):
    """Unit vector away from the first of the points, over `reach` pixels: nearer ones are bent by thinning."""
    away = points[min(len(points) - 1, max(1, int(reach)))] - points[min(len(points) - 1, int(reach / 3))]
    return away / (np.hypot(*away) or 1)


def join_strokes(edges, reach):
    """Joins the pairs of edges that run on straightest through a node, the best first, as a pen does; lists of points."""
    strokes = list(edges)
    while True:
        ends = {}
        for stroke in strokes:
            ends.setdefault(stroke[0], []).append((stroke, stroke[2]))
            ends.setdefault(stroke[1], []).append((stroke, stroke[2][::-1]))
        best = (-0.5, None, None)  # The cosine: a turn of up to 60 degrees.
        for meeting in ends.values():
            headings = [heading(points, reach) for _, points in meeting]
            for i in range(len(meeting)):
                for j in range(i):
                    turn = -1.0 if len(meeting) == 2 else float(headings[i] @ headings[j])
                    if turn < best[0] and meeting[i][0] is not meeting[j][0]:
                        best = (turn, meeting[i], meeting[j])
        if best[1] is None:
            return [stroke[2] for stroke in strokes]
        (a, from_a), (b, from_b) = best[1:]
        strokes = [s for s in strokes if s is not a and s is not b]
        far = [s[1] if points is s[2] else s[0] for s, points in ((a, from_a), (b, from_b))]
        strokes.append([far[0], far[1], np.concatenate([from_a[::-1], from_b])])


def resample(points, step):
    """Points at equal distances along the polyline, about `step` pixels apart."""
    along = np.concatenate([[0], np.hypot(*np.diff(points, axis=0).T).cumsum()])
    at = np.linspace(0, along[-1], max(2, round(along[-1] / step) + 1))
    return np.stack([np.interp(at, along, points[:, axis]) for axis in (0, 1)], 1)


def smooth(points, starts, times):
    """Averages each point with its neighbours in its stroke; `starts` is true at first points. Ends stay."""
    inner = np.flatnonzero(~starts[:-1] & ~starts[1:])
    for _ in range(times):
        points = points.copy()
        points[inner] = (points[inner - 1] + 2 * points[inner] + points[inner + 1]) / 4
    return points


def strokes_of(skeleton, ink, is_serif):
    """Points [n, (x, y)] about the middle, the longer side 1, and the number of the stroke of each; None if too complex."""
    width = ink / max(1, skeleton.sum())
    edges = join_junctions(trace_edges(linked(skeleton)), width)
    edges = without_spurs(edges, width * (1.6 if is_serif else 0.8))
    if not edges:  # A blot of a few pixels.
        return None
    paths = join_strokes(edges, 2 * width)
    paths = [resample(path, 1) for path in paths]
    paths = [smooth(path, np.arange(len(path)) == 0, round(width)) for path in paths]
    points = np.concatenate(paths)[:, ::-1]
    low, high = points.min(0), points.max(0)
    side = max(high - low)
    if side < 1 or not LENGTH[0] <= sum(map(length, paths)) / side <= LENGTH[1]:
        return None
    paths = [(resample(path[:, ::-1], STEP * side) - (low + high) / 2) / side for path in paths]
    return np.concatenate(paths), np.repeat(np.arange(len(paths)), list(map(len, paths)))
