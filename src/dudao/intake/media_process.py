"""Looking into one video or recording, in a process of its own: what came from outside may crash a decoder, or never end.

`python -m dudao.intake.media_process SOURCE POSTER PLAY` writes a poster frame and, where browsers would not play the
original, a copy they do play (H.264 and AAC in MP4), and says on standard output what it found. Nothing of Django is used.
"""

import os
import resource
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import msgspec
from av.error import FFmpegError

from dudao.intake.lifeline import die_with_parent

CPU_SECONDS = 3600
MEMORY = 2 * 1024 * 1024 * 1024  # bytes of address space
AAC_SAMPLES = 1024  # in a frame, as the codec wants
LONG_EDGE = 1280  # pixels of a copy made for browsers
PIXELS = 8192 * 8192
KEPT_RATE = 30  # pictures a second

PLAYED_VIDEO = {"mp4": {"h264"}, "webm": {"vp8", "vp9", "av1"}}
PLAYED_AUDIO = {
    "mp4": {"aac", "mp3"},
    "webm": {"opus", "vorbis"},
    "ogg": {"opus", "vorbis"},
    "mp3": {"mp3"},
    "wav": {"pcm_s16le"},
}
CONTAINERS = {"mov": "mp4", "matroska": "webm", "ogg": "ogg", "mp3": "mp3", "wav": "wav"}


class Found(msgspec.Struct):
    """What a file is. `is_played` says that browsers play the original."""

    seconds: float = 0.0
    video: str = ""
    audio: str = ""
    has_poster: bool = False
    has_copy: bool = False
    is_played: bool = False


def look(source: Path, poster: Path, play: Path) -> Found:
    """Raises FFmpegError, ValueError, OSError where it is no video and no sound, or broken."""
    with av.open(str(source)) as medium:
        video = medium.streams.video[0] if medium.streams.video else None
        audio = medium.streams.audio[0] if medium.streams.audio else None
        if video is None and audio is None:
            raise ValueError("neither picture nor sound")
        if video is not None and video.width * video.height > PIXELS:
            raise ValueError("too many pixels")
        found = Found(
            seconds=_seconds(medium),
            video=video.codec_context.codec.canonical_name if video else "",
            audio=audio.codec_context.codec.canonical_name if audio else "",
        )
        container = CONTAINERS.get(medium.format.name.partition(",")[0], "")
    found.is_played = (not found.video or found.video in PLAYED_VIDEO.get(container, ())) and (
        not found.audio or found.audio in PLAYED_AUDIO.get(container, ())
    )
    if found.video:
        found.has_poster = _poster(source, poster, found.seconds)
    if not found.is_played:
        _copy(source, play)
        found.has_copy = True
    if not found.seconds:  # a recording made in a browser says nothing of its length
        found.seconds = _counted(play if found.has_copy else source)
    return found


def _seconds(medium: Any) -> float:
    return round(medium.duration / av.time_base, 1) if medium.duration and medium.duration > 0 else 0.0


def _counted(source: Path) -> float:
    last = 0.0
    with av.open(str(source)) as medium:
        for packet in medium.demux():
            if packet.pts is not None and packet.time_base:
                last = max(last, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return round(last, 1)


def _poster(source: Path, poster: Path, seconds: float) -> bool:
    """A picture from a little after the beginning, which is often black."""
    with av.open(str(source)) as medium:
        stream = medium.streams.video[0]
        if seconds > 2:
            medium.seek(int(min(1.0, seconds / 10) * av.time_base))
        for frame in medium.decode(stream):
            picture: Any = frame.to_image()  # type: ignore[no-untyped-call]
            picture.thumbnail((LONG_EDGE, LONG_EDGE))
            picture.convert("RGB").save(poster, "JPEG", quality=80)
            return True
    return False


def _copy(source: Path, play: Path) -> None:
    with (
        av.open(str(source)) as medium,
        av.open(str(play), "w", format="mp4", options={"movflags": "faststart"}) as copy,
    ):
        streams: list[tuple[Any, Any, Any]] = []
        if medium.streams.video:
            own = medium.streams.video[0]
            width, height = _fitted(own.width, own.height)
            rate = min(own.average_rate or Fraction(25), Fraction(KEPT_RATE))
            made = copy.add_stream("libx264", rate=rate, options={"preset": "veryfast", "crf": "26"})
            made.width, made.height, made.pix_fmt = width, height, "yuv420p"
            streams.append((own, made, _pictures(width, height, rate)))
        if medium.streams.audio:
            own_sound = medium.streams.audio[0]
            sound = copy.add_stream("aac", rate=44_100)
            sound.layout = "stereo" if own_sound.channels > 1 else "mono"
            resampler = av.AudioResampler(
                format="fltp", layout=sound.layout, rate=44_100, frame_size=AAC_SAMPLES
            )
            streams.append((own_sound, sound, resampler.resample))
        made_of = {own.index: (made, prepare) for own, made, prepare in streams}
        for packet in medium.demux([own for own, _made, _prepare in streams]):
            made, prepare = made_of[packet.stream.index]
            for frame in packet.decode():
                for ready in prepare(frame):
                    copy.mux(made.encode(ready))
        for own, made, prepare in streams:
            if own.type == "audio":  # what is left in the resampler
                for ready in prepare(None):
                    copy.mux(made.encode(ready))
            copy.mux(made.encode(None))


def _pictures(width: int, height: int, rate: Fraction) -> Any:
    """Frames at most at `rate`, of one size, with time of their own."""
    state = {"next": 0.0, "number": 0}

    def prepare(frame: Any) -> list[Any]:
        at = frame.time or 0.0
        if at + 1e-6 < state["next"]:
            return []
        ready = frame.reformat(width=width, height=height, format="yuv420p")
        state["number"] = max(state["number"] + 1, round(at * rate))
        state["next"] = at + 0.9 / float(rate)
        ready.pts, ready.time_base = state["number"], 1 / rate
        return [ready]

    return prepare


def _fitted(width: int, height: int) -> tuple[int, int]:
    """No longer than LONG_EDGE, and even, as the codec wants."""
    scale = min(1.0, LONG_EDGE / max(width, height))
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)


def main() -> int:
    die_with_parent(int(sys.argv[4]))
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    av.logging.set_level(None)
    try:
        found = look(*(Path(one) for one in sys.argv[1:4]))
    except (FFmpegError, ValueError, OSError, MemoryError, IndexError) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n"[:500])
        return 1
    sys.stdout.write(msgspec.json.encode(found).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
