"""How a picture of a page was taken: scanned, copied, printed through a screen, photographed, compressed."""

import io

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from page_portrait import screen
from page_scenes import smooth_noise

LOOKS = ("plain", "plain", "grey", "cast", "halftone", "blur", "noise", "grain", "glare", "faded")


def from_unit(values):
    """An image of values in 0..1."""
    return Image.fromarray((255 * np.clip(values, 0, 1)).astype(np.uint8))


def halftone(rng, image, dpi):
    """Offset print: a screen for each of the three inks, at its own angle, seen by a scanner."""
    pitch = max(2.2, dpi / rng.uniform(85, 150))
    inks = []
    for band, angle in zip(image.split(), np.deg2rad([15, 75, 45]) + rng.uniform(0, 0.3)):
        value = np.asarray(band, np.float32) / 255
        ink = np.clip((value - screen(image.size, pitch, angle, False)) * 1.6 + 0.5, 0, 1)
        inks.append(from_unit(0.55 * ink + 0.45 * value))
    return Image.merge("RGB", inks).filter(ImageFilter.GaussianBlur(pitch / 5))


def grey(rng, image, _dpi):
    return image.convert("L").convert("RGB")


def cast(rng, image, _dpi):
    """A lamp's or a worn scanner's colours."""
    gamma, ramp = rng.uniform(0.75, 1.35), np.arange(256) / 255
    curves = [np.clip(255 * ramp**gamma * gain, 0, 255) for gain in rng.uniform(0.84, 1.16, 3)]
    return image.point([round(v) for curve in curves for v in curve])


def blur(rng, image, dpi):
    return image.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 1.4) * max(1, dpi / 220)))


def noise(rng, image, _dpi):
    """A sensor's noise; one tile of it is laid over the whole picture."""
    tile = np.clip(128 + rng.normal(0, rng.uniform(3, 14), (509, 509)), 0, 255).astype(np.uint8)
    repeats = -(-image.height // 509), -(-image.width // 509)
    layer = Image.fromarray(np.tile(tile, repeats)[: image.height, : image.width])
    return ImageChops.add(image, Image.merge("RGB", [layer] * 3), 1, -128)


def grain(rng, image, dpi):
    """Paper: fibres that darken everything alike."""
    fibres = smooth_noise(rng, image.size, (dpi / 60, dpi / 60)) + smooth_noise(rng, image.size, (dpi / 20, dpi / 20))
    return ImageChops.multiply(image, Image.merge("RGB", [from_unit(1 - rng.uniform(0.02, 0.06) * (1 - fibres))] * 3))


def glare(rng, image, _dpi):
    """A lamp in the laminate: a soft bright patch, never over everything."""
    width, height = image.size
    v, u = np.mgrid[0:height:4, 0:width:4].astype(np.float32)
    x, y = rng.uniform(0, width), rng.uniform(0, height)
    reach = rng.uniform(0.12, 0.35) * min(width, height)
    angle, stretch = rng.uniform(0, np.pi), rng.uniform(0.3, 1)
    a = (u - x) * np.cos(angle) + (v - y) * np.sin(angle)
    b = ((v - y) * np.cos(angle) - (u - x) * np.sin(angle)) / stretch
    light = from_unit(np.exp(-(a * a + b * b) / (2 * reach * reach)) * rng.uniform(0.3, 0.6))
    lit = image.copy()
    lit.paste((255, 255, 255), (0, 0), light.resize(image.size, Image.BILINEAR))
    return lit


def faded(rng, image, _dpi):
    """An old copy: little contrast."""
    low, high = rng.uniform(15, 60), rng.uniform(215, 250)
    return image.point([round(low + (high - low) * v / 255) for v in range(256)] * 3)


APPLY = {"grey": grey, "cast": cast, "halftone": halftone, "blur": blur, "noise": noise, "grain": grain, "glare": glare, "faded": faded}


def apply_look(rng, image, look, dpi):
    return image if look == "plain" else APPLY[look](rng, image, dpi)


def jpeg_bytes(image, quality):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
