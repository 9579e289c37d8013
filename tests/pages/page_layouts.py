"""Data pages of passports and identity cards, after ICAO 9303 (TD3, TD1) and older ones, drawn round a portrait."""

from dataclasses import dataclass, field

import numpy as np
from PIL import Image

import page_drawing as d
from page_drawing import chance, mix, pick
from page_portrait import GHOST_STYLES, paste_ghost, paste_portrait

COUNTRIES = [("UTOPIA", "UTO", "UTOPIAN"), ("RURITANIA", "RUR", "RURITANIAN"), ("FREEDONIA", "FRE", "FREEDONIAN"),
             ("ELDORADO", "ELD", "ELDORADAN"), ("ATLANTIS", "ATL", "ATLANTEAN"), ("SYLDAVIA", "SYL", "SYLDAVIAN"),
             ("ZUBROWKA", "ZUB", "ZUBROWKAN"), ("GENOVIA", "GEN", "GENOVIAN")]
SURNAMES = "SPECIMEN MUSTERMANN ERIKSSON SAMPLE MARTIN MELNYK GARCIA-LOPEZ O'NEILL TANAKA OKAFOR".split()
GIVEN_NAMES = ["ANNA MARIA", "ERIKA", "JOHN", "LI", "AMINA", "JEAN PIERRE", "OLGA", "RAVI KUMAR", "SOFIA", "TOM"]
PLACES = "ZENITH AURORA PORT-ROYAL NEUSTADT STRELSAU KLOW LUTZ".split()
MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
# Name of the page or card in a few languages, and the other half of a field's label.
TITLES = ["PASSPORT", "PASSPORT / PASSEPORT", "REISEPASS  PASSPORT", "PASAPORTE / PASSPORT"]
CARD_TITLES = ["IDENTITY CARD", "PERSONALAUSWEIS / IDENTITY CARD", "CARTE D'IDENTITE / IDENTITY CARD"]
LABELS = [("Surname", "Nom"), ("Given names", "Prénoms"), ("Nationality", "Nationalité"), ("Date of birth", "Date de naissance"),
          ("Sex", "Sexe"), ("Place of birth", "Lieu de naissance"), ("Date of issue", "Date de délivrance"),
          ("Date of expiry", "Date d'expiration"), ("Authority", "Autorité"), ("Personal No.", "No. personnel")]


@dataclass
class Layout:
    """Places in millimetres; boxes are x, y, width, height."""
    name: str
    width: float
    height: float
    portrait: tuple
    fields: tuple                                # Left and first baseline of the fields, spacing, size of their text.
    ghosts: list = field(default_factory=list)   # Right edge or left edge of a ghost is fixed by its centre: x, y.
    ghost_size: tuple = (0.3, 0.7)               # Of the portrait's size.
    mrz: tuple = ()                              # Characters in a line, lines, left, first baseline, spacing, em.
    columns: int = 1
    title: tuple = (48, 9)
    cards: bool = False


LAYOUTS = {layout.name: layout for layout in [
    Layout("plain", 125, 88, (6, 15, 35, 45), (48, 16, 6.5, 3.2), [(111.5, 49.7)], (0.35, 0.5), (44, 2, 10, 72, 8, 4.1), title=(48, 9.5)),
    Layout("td3", 125, 88, (5, 14, 35, 45), (45, 17, 6.3, 2.7), [(109, 47), (108, 34), (100, 50)], (0.3, 0.6), (44, 2, 6.5, 73.5, 6.3, 4.23)),
    Layout("td3-low", 125, 88, (6, 18, 33, 42.4), (44, 21, 5.2, 2.4), [(108, 50), (92, 52)], (0.35, 0.7), (44, 2, 6.5, 73.5, 6.3, 4.23),
           columns=2, title=(44, 12)),
    Layout("right", 125, 88, (85, 12, 34, 43.7), (7, 18, 5.6, 2.7), [(68, 48), (70, 30)], (0.3, 0.65), (44, 2, 6.5, 73.5, 6.3, 4.23),
           title=(7, 9)),
    Layout("old", 125, 88, (82, 24, 35, 45), (8, 22, 7.2, 3.3), [(65, 66)], (0.3, 0.45), title=(12, 10)),
    Layout("td1", 85.6, 54, (3.5, 11, 22, 28.3), (28, 14, 4.1, 2.0), [(76, 29), (72, 33)], (0.35, 0.7), title=(28, 7), cards=True),
    Layout("td1-mrz", 85.6, 54, (3, 6, 19, 24.4), (25, 11, 3.3, 1.8), [(76, 22), (68, 23)], (0.35, 0.7), (30, 3, 3.6, 40, 4.6, 4.23),
           title=(25, 5), cards=True),
    Layout("permit", 85.6, 54, (4, 12, 25, 32.1), (32, 14, 4.0, 2.0), [(75, 40), (73, 35)], (0.3, 0.5), columns=2, title=(32, 7), cards=True),
]}


@dataclass
class Page:
    """A drawn page: what was put where, as boxes of the image's pixels (left, top, right, bottom)."""
    image: Image.Image
    layout: str
    portrait: tuple  # None on a page without one.
    ghosts: list


def date(rng, first, last):
    return "%02d %s %d" % (rng.integers(1, 29), pick(rng, MONTHS), rng.integers(first, last))


def paper_colour(rng):
    return pick(rng, [(228, 222, 236), (224, 232, 240), (232, 240, 228), (244, 238, 222), (244, 228, 230), (238, 238, 238), (214, 228, 226),
                      (250, 248, 242), (222, 214, 196), (206, 216, 236)])


def draw_ground(sheet, rng, layout):
    """The page's print before anything personal: gradient, guilloches, emblems."""
    if layout.name != "plain" and chance(rng, 0.5):  # A rainbow print: one colour runs into another.
        ramp = np.linspace(0, 1, sheet.image.width)[None, :, None] ** rng.uniform(0.5, 2)
        row = (1 - ramp) * np.array(sheet.paper) + ramp * np.array(paper_colour(rng))
        sheet.image.paste(Image.fromarray(row.astype(np.uint8)).resize(sheet.image.size), (0, 0))
    inks = [mix(pick(rng, [(90, 60, 160), (40, 90, 170), (40, 130, 90), (190, 90, 60), (170, 60, 110)]), sheet.paper, rng.uniform(0.15, 0.5))
            for _ in range(3)]
    d.wave_lines(sheet, rng, inks[0], 3 if layout.name == "plain" else None, 0.0 if layout.name == "plain" else None)
    if layout.name == "plain":
        d.wave_lines(sheet, rng, inks[0], 9, -0.2)
        return
    if chance(rng, 0.5):
        d.wave_lines(sheet, rng, inks[1])
    for _ in range(int(rng.integers(0, 4))):
        centre = rng.uniform(0, sheet.width), rng.uniform(0, sheet.height)
        d.rosette(sheet, rng, pick(rng, inks), centre, rng.uniform(8, 30))
    if chance(rng, 0.4):
        d.emblem(sheet, rng, mix(inks[2], sheet.paper, 0.4), (sheet.width * rng.uniform(0.4, 0.8), sheet.height * 0.45), rng.uniform(8, 18))
    if chance(rng, 0.4):
        d.band(sheet, rng, inks[1], rng.uniform(1.5, 4), rng.uniform(2, 4))


def draw_fields(sheet, rng, layout, country):
    """Title, labels and values, in one language or two."""
    font_index = 0 if layout.name == "plain" else int(rng.integers(len(d.SANS)))
    plain, bold = d.SANS[font_index], d.BOLD[font_index]
    ink, faint = pick(rng, [(25, 25, 70), (20, 20, 20), (50, 20, 30)]), pick(rng, [(90, 90, 120), (60, 90, 130), (120, 80, 80)])
    values = [pick(rng, SURNAMES), pick(rng, GIVEN_NAMES), country[2], date(rng, 1940, 2006), pick(rng, "FMX"), pick(rng, PLACES),
              date(rng, 2014, 2025), date(rng, 2025, 2035), "PASSPORT OFFICE", "%09d" % rng.integers(10**9)]
    x, y, spacing, size = layout.fields
    title = pick(rng, CARD_TITLES if layout.cards else TITLES)
    if layout.name == "plain":
        sheet.text(layout.title[0], layout.title[1], "PASSPORT  " + country[0], plain, size, ink)
    else:
        sheet.text(*layout.title, title, bold, size * rng.uniform(1.0, 1.3), faint)
        sheet.text(*layout.title[:1], layout.title[1] - 1.6 * size, country[0], bold, size * rng.uniform(1.0, 1.4), ink)
    bottom = layout.mrz[3] - 5 if layout.mrz else layout.height - 4
    rows = max(1, int((bottom - y) / spacing))
    for index, value in enumerate(values[: rows * layout.columns]):
        left = x + (index // rows) * (sheet.width - x - 4) / layout.columns * 0.9
        base = y + (index % rows) * spacing
        label = LABELS[index][0]
        if layout.name in ("plain", "old"):
            sheet.text(left, base, label + "  " + value, plain, size, ink)
        else:
            sheet.text(left, base - 0.95 * size, " / ".join(LABELS[index]), plain, 0.55 * size, faint)
            sheet.text(left, base, value, bold, size, ink)
    return values


def draw_mrz(sheet, rng, layout, country, values):
    """The machine readable zone: the right alphabet and lengths; its check digits are drawn by chance."""
    if not layout.mrz:
        return
    characters, lines, x, y, spacing, em = layout.mrz
    name = (values[0] + "<<" + values[1]).replace(" ", "<").replace("'", "").replace("-", "<")
    number = "".join(pick(rng, "ABCDEFGHJKLMNPRTUVWXYZ0123456789") for _ in range(9))
    digits = "".join(str(v) for v in rng.integers(0, 10, 14))
    second = "%s%s%s%s%s%s" % (number, digits[0], country[1], digits[1:8], values[4].replace("X", "<"), digits[8:])
    rows = ["P<" + country[1] + name, second] if lines == 2 else ["I<" + country[1] + number + digits[0], second[10:] + "<<<", name]
    face = d.MONO[1] if layout.name == "plain" else pick(rng, d.MONO)
    for index, row in enumerate(rows):
        sheet.text(x, y + index * spacing, (row + "<" * characters)[:characters], face, em, (15, 15, 15))


def ghost_place(rng, layout, spot, portrait):
    """A ghost's box round one of the layout's spots, inside the page."""
    scale = rng.uniform(*layout.ghost_size)
    width, height = portrait[2] * scale, portrait[3] * scale
    x = min(max(1, spot[0] - width / 2 + rng.uniform(-2, 2)), layout.width - width - 1)
    y = min(max(1, spot[1] - height / 2 + rng.uniform(-2, 2)), layout.height - height - 1)
    return x, y, width, height


def overlap(box, other):
    """Whether two boxes (x, y, width, height) share a point."""
    return all(box[k] < other[k] + other[k + 2] and other[k] < box[k] + box[k + 2] for k in (0, 1))


def draw_over(sheet, rng, layout):
    """What lies over the portrait: lines, hologram, stamp, all faint enough for a face to be compared."""
    x, y, width, height = layout.portrait
    if chance(rng, 0.3):
        d.hologram(sheet, rng, (x + width * rng.uniform(0.0, 1.1), y + height * rng.uniform(0.6, 1.1)), rng.uniform(0.25, 0.5) * width)
    if chance(rng, 0.3):
        d.hologram(sheet, rng, (sheet.width * rng.uniform(0.4, 0.9), sheet.height * rng.uniform(0.2, 0.7)), rng.uniform(5, 14))
    if layout.name == "old" or chance(rng, 0.15):
        d.stamp(sheet, rng, (x + width * pick(rng, [0.0, 1.0]), y + height), rng.uniform(8, 12), pick(rng, [(40, 50, 140), (150, 40, 50), (60, 60, 60)]),
                pick(rng, ["UTOPIA", "OFFICE", "SEAL"]))
    if chance(rng, 0.5):
        d.signature(sheet, rng, x + rng.uniform(-1, 3), min(y + height - 2, layout.height - 9), 0.8 * width, 6, pick(rng, [(20, 20, 60), (30, 30, 30)]))


def draw_page(rng, portrait, layout, dpi, ghosts=1):
    """A page round `portrait` (PIL image of PASSPORT aspect), or without one (None); `ghosts` small pictures of it."""
    sheet = d.Sheet(layout.width, layout.height, dpi, (228, 222, 236) if layout.name == "plain" and chance(rng, 0.6) else paper_colour(rng))
    country = pick(rng, COUNTRIES)
    draw_ground(sheet, rng, layout)
    if layout.name not in ("plain",) and chance(rng, 0.6):
        d.microtext(sheet, rng, mix((60, 60, 90), sheet.paper, 0.6), layout.portrait[0], layout.portrait[1] - 0.6, layout.portrait[2], "SPECIMEN UTOPIA")
    places = []
    if portrait is not None:
        for index in range(min(ghosts, len(layout.ghosts) + 1)):
            spot = layout.ghosts[min(index, len(layout.ghosts) - 1)] if index else pick(rng, layout.ghosts)
            place = ghost_place(rng, layout, spot, layout.portrait)
            if any(overlap(place, other) for other in places):
                continue
            style = "blend" if layout.name == "plain" else pick(rng, GHOST_STYLES)
            strength = rng.uniform(0.22, 0.5) if style == "blend" else rng.uniform(0.3, 0.8)
            paste_ghost(sheet, rng, portrait, place, style, strength)
            places.append(place)
        if places and chance(rng, 0.5) and layout.name != "plain":
            d.rosette(sheet, rng, mix((90, 90, 160), sheet.paper, 0.4), (places[0][0] + places[0][2] / 2, places[0][1] + places[0][3] / 2), places[0][3] * 0.5)
        paste_portrait(sheet, rng, portrait, layout.portrait, chance(rng, 0.5 if layout.cards else 0.1))
    values = draw_fields(sheet, rng, layout, country)
    draw_mrz(sheet, rng, layout, country, values)
    if layout.name != "plain":
        draw_over(sheet, rng, layout)
        if chance(rng, 0.5):
            d.chip(sheet, layout.width - 10, 3, mix((30, 30, 60), sheet.paper, 0.9))
    return Page(sheet.image, layout.name, sheet.box(*layout.portrait) if portrait is not None else None, [sheet.box(*p) for p in places])


def draw_visa_page(rng, layout, dpi):
    """The page that faces the data page in an open booklet: a number, stamps, guilloches, words."""
    sheet = d.Sheet(layout.width, layout.height, dpi, paper_colour(rng))
    draw_ground(sheet, rng, layout)
    sheet.text(layout.width / 2, 10, pick(rng, ["VISAS", "VISA / VISAS", "OBSERVATIONS"]), d.BOLD[1], 3.4, (70, 70, 100), "ms")
    for row in range(int(rng.integers(0, 9))):
        sheet.text(10, 20 + 5 * row, "This passport contains pages and is valid for all countries", pick(rng, d.SANS), 2.2, (60, 60, 80))
    for _ in range(int(rng.integers(0, 5))):
        d.stamp(sheet, rng, (rng.uniform(20, 105), rng.uniform(20, 70)), rng.uniform(9, 16), pick(rng, [(40, 50, 140), (150, 40, 50), (40, 110, 70)]),
                pick(rng, ["ENTRY", "EXIT", "UTOPIA", "KLOW"]))
    return sheet.image
