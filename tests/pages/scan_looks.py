"""How a picture of a page was taken: scanned, copied, printed through a screen, photographed, compressed."""

import io

import numpy as np
from PIL import Image, ImageFilter

from page_portrait import screen
from page_scenes import smooth_noise

LOOKS = ("plain", "plain", "grey", "cast", "halftone", "blur", "noise", "grain", "glare", "faded")


def as_image(values):
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def halftone(rng, image, dpi):
    """Offset print: a screen for each of the three inks, at its own angle, seen by a scanner."""
    pitch = max(2.2, dpi / rng.uniform(85, 150))
    values = np.asarray(image, np.float32) / 255
    inks = []
    for channel, angle in enumerate(np.deg2rad([15, 75, 45]) + rng.uniform(0, 0.3)):
        inks.append(np.clip((values[:, :, channel] - screen(image.size, pitch, angle, False)) * 1.6 + 0.5, 0, 1))
    printed = np.stack(inks, 2)
    return as_image(255 * (0.55 * printed + 0.45 * values)).filter(ImageFilter.GaussianBlur(pitch / 5))


def grey(rng, image, _dpi):
    return image.convert("L").convert("RGB")


def cast(rng, image, _dpi):
    """A lamp's or a worn scanner's colours."""
    gain = 1 + rng.uniform(-0.16, 0.16, 3)
    return as_image(255 * (np.asarray(image, np.float32) / 255) ** rng.uniform(0.75, 1.35) * gain.astype(np.float32))


def blur(rng, image, dpi):
    return image.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 1.4) * max(1, dpi / 220)))


def noise(rng, image, _dpi):
    values = np.asarray(image, np.float32)
    return as_image(values + rng.normal(0, rng.uniform(3, 14), values.shape[:2])[:, :, None].astype(np.float32))


def grain(rng, image, dpi):
    """Paper: fibres that lighten and darken everything alike."""
    fibres = smooth_noise(rng, image.size, (dpi / 60, dpi / 60)) + smooth_noise(rng, image.size, (dpi / 20, dpi / 20))
    return as_image(np.asarray(image, np.float32) * (1 + rng.uniform(0.02, 0.06) * fibres[:, :, None]))


def glare(rng, image, _dpi):
    """A lamp in the laminate: a soft bright patch, never over everything."""
    width, height = image.size
    v, u = np.mgrid[0:height:4, 0:width:4].astype(np.float32)
    x, y = rng.uniform(0, width), rng.uniform(0, height)
    reach = rng.uniform(0.12, 0.35) * min(width, height)
    angle, stretch = rng.uniform(0, np.pi), rng.uniform(0.3, 1)
    a = (u - x) * np.cos(angle) + (v - y) * np.sin(angle)
    b = ((v - y) * np.cos(angle) - (u - x) * np.sin(angle)) / stretch
    light = np.exp(-(a * a + b * b) / (2 * reach * reach)) * rng.uniform(0.3, 0.6)
    light = Image.fromarray(light.astype(np.float32), "F").resize(image.size, Image.BILINEAR)
    values = np.asarray(image, np.float32)
    return as_image(values + (255 - values) * np.asarray(light)[:, :, None])


def faded(rng, image, _dpi):
    """An old copy: little contrast."""
    low, high = rng.uniform(15, 60), rng.uniform(215, 250)
    return as_image(low + (high - low) / 255 * np.asarray(image, np.float32))


APPLY = {"grey": grey, "cast": cast, "halftone": halftone, "blur": blur, "noise": noise, "grain": grain, "glare": glare, "faded": faded}


def apply_look(rng, image, look, dpi):
    return image if look == "plain" else APPLY[look](rng, image, dpi)


def jpeg_bytes(image, quality):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
