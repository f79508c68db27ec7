"""Drawn stand-ins for photos of the sample: boards, corridors, timetables. Deterministic by name and seed."""

import io
from random import Random

from PIL import Image, ImageDraw

SIZE = (1280, 960)


def photo(scene: str, seed: int) -> bytes:
    """A JPEG of `scene` ("board", "exit", "lesson", "yard"), the same for the same seed."""
    random = Random(f"{scene}{seed}")  # noqa: S311 - a drawing, not a secret
    image = Image.new("RGB", SIZE, (226, 232, 240))
    draw = ImageDraw.Draw(image)
    _SCENES[scene](draw, random)
    image = image.resize((960, 720))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=78)
    return buffer.getvalue()


def signature(seed: int) -> bytes:
    """A PNG of a hand-drawn line."""
    random = Random(f"signature{seed}")  # noqa: S311 - a drawing, not a secret
    image = Image.new("RGB", (600, 240), "white")
    draw = ImageDraw.Draw(image)
    x, y, points = 60.0, 120.0, [(60.0, 120.0)]
    for _step in range(26):
        x += random.uniform(6, 28)
        y = min(200.0, max(40.0, y + random.uniform(-55, 55)))
        points.append((x, y))
    draw.line(points, fill=(25, 35, 60), width=6, joint="curve")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _wall(draw: ImageDraw.ImageDraw, tone: tuple[int, int, int]) -> None:
    draw.rectangle((0, 0, 1280, 700), fill=tone)
    draw.rectangle((0, 700, 1280, 960), fill=(176, 160, 140))
    for x in range(-200, 1500, 160):
        draw.line((x, 960, x + 120, 700), fill=(158, 142, 122), width=3)


def _board(draw: ImageDraw.ImageDraw, random: Random) -> None:
    _wall(draw, (238, 236, 226))
    draw.rectangle((220, 130, 1060, 620), fill=(36, 92, 72), outline=(120, 84, 48), width=18)
    for row in range(5):
        for column in range(3):
            left, top = 270 + column * 255, 180 + row * 84
            draw.rectangle((left, top, left + 215, top + 60), fill=(250, 248, 238))
            for line in range(3):
                width = random.randint(90, 190)
                draw.line(
                    (left + 12, top + 16 + line * 15, left + 12 + width, top + 16 + line * 15),
                    fill=(90, 90, 96),
                    width=4,
                )


def _exit(draw: ImageDraw.ImageDraw, random: Random) -> None:
    _wall(draw, (214, 222, 226))
    draw.rectangle((430, 150, 850, 760), fill=(122, 138, 150), outline=(70, 80, 90), width=14)
    draw.line((640, 150, 640, 760), fill=(70, 80, 90), width=8)
    draw.rectangle((520, 70, 760, 130), fill=(30, 150, 80))
    draw.polygon([(600, 82), (680, 100), (600, 118)], fill="white")
    for desk in range(random.randint(2, 4)):
        left = 330 + desk * 150
        draw.rectangle((left, 610, left + 130, 640), fill=(196, 150, 92))
        for leg in (left + 8, left + 112):
            draw.rectangle((leg, 640, leg + 10, 770), fill=(90, 90, 96))


def _lesson(draw: ImageDraw.ImageDraw, random: Random) -> None:
    _wall(draw, (244, 240, 230))
    draw.rectangle((180, 90, 1100, 430), fill=(28, 70, 58), outline=(140, 100, 60), width=14)
    for line in range(4):
        draw.line(
            (240, 160 + line * 62, 240 + random.randint(300, 760), 160 + line * 62),
            fill=(226, 232, 226),
            width=6,
        )
    for row in range(2):
        for seat in range(6):
            left, top = 70 + seat * 200 + row * 30, 600 + row * 160
            draw.ellipse((left + 40, top - 90, left + 110, top - 20), fill=(70, 56, 48))
            draw.rectangle((left, top, left + 150, top + 36), fill=(200, 160, 104))


def _yard(draw: ImageDraw.ImageDraw, random: Random) -> None:
    draw.rectangle((0, 0, 1280, 420), fill=(176, 210, 236))
    draw.rectangle((140, 180, 1140, 430), fill=(236, 226, 208))
    for floor in range(3):
        for window in range(12):
            left, top = 180 + window * 78, 205 + floor * 74
            draw.rectangle((left, top, left + 46, top + 44), fill=(120, 156, 186))
    draw.rectangle((0, 430, 1280, 960), fill=(86, 140, 84))
    draw.ellipse((120, 500, 1160, 940), outline=(196, 92, 72), width=46)
    for _pupil in range(14):
        x, y = random.randint(200, 1080), random.randint(560, 860)
        draw.ellipse((x, y, x + 22, y + 22), fill=(60, 48, 42))
        draw.rectangle(
            (x - 4, y + 22, x + 26, y + 62),
            fill=random.choice([(220, 60, 60), (50, 90, 190), (240, 190, 60)]),
        )


_SCENES = {"board": _board, "exit": _exit, "lesson": _lesson, "yard": _yard}
