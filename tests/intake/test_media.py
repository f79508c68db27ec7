"""Videos and recordings get a poster, their length, and a copy where browsers play no original; what is broken is said to be."""

import io
import os
import time
from fractions import Fraction
from typing import Any

import av
import pytest
from django.urls import reverse
from PIL import Image

from dudao.intake import media, media_process
from dudao.intake.handed_in import store_bytes
from dudao.intake.media import Workshop
from dudao.intake.models import EvidenceFile, Medium
from dudao.intake.states import MediumState
from tests import factories


def film(
    container: str, video: str = "", audio: str = "", *, seconds: int = 3, size: tuple[int, int] = (320, 240)
) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as made:
        if video:
            stream = made.add_stream(video, rate=10)
            stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        if audio:
            sound = made.add_stream(audio, rate=48_000, layout="mono")
        if video:
            for number in range(seconds * 10):
                frame = av.VideoFrame.from_image(
                    Image.new("RGB", size, (number * 5 % 256, 90, 140))
                ).reformat(format="yuv420p")
                frame.pts, frame.time_base = number, Fraction(1, 10)
                made.mux(stream.encode(frame))
            made.mux(stream.encode(None))
        if audio:
            resampler = av.AudioResampler(
                format=sound.format, layout="mono", rate=48_000, frame_size=sound.frame_size or 1024
            )
            for number in range(seconds * 48_000 // 1024):
                silence = av.AudioFrame(format="s16", layout="mono", samples=1024)
                silence.planes[0].update(os.urandom(2048))
                silence.pts, silence.sample_rate, silence.time_base = (
                    number * 1024,
                    48_000,
                    Fraction(1, 48_000),
                )
                for ready in resampler.resample(silence):
                    made.mux(sound.encode(ready))
            made.mux(sound.encode(None))
    return buffer.getvalue()


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path, own_store) -> None:
    settings.HOME = tmp_path


def looked_into(content: bytes, content_type: str, by: Any) -> Medium:
    file = store_bytes(content, name="a", content_type=content_type, by=by)
    media.note(EvidenceFile.objects.get(pk=file.pk))
    workshop, until = Workshop(), time.monotonic() + 120
    while Medium.objects.filter(state__in=["waiting", "working"]).exists():
        assert time.monotonic() < until, "it never ended"
        workshop.turn()
        time.sleep(0.02)
    return Medium.objects.get(pk=file.pk)


def codecs(sha256: str) -> tuple[str, str]:
    with av.open(str(media.path_of(sha256, "play"))) as made:
        video, audio = made.streams.video, made.streams.audio
        return (video[0].codec_context.name if video else ""), (audio[0].codec_context.name if audio else "")


@pytest.mark.parametrize(("content", "declared"), [
    (("mp4", "libx264", "aac"), "video/mp4"), (("webm", "libvpx", "libopus"), "video/webm"), (("wav", "", "pcm_s16le"), "audio/wav"),
    (("mp4", "", "aac"), "audio/mp4"),
])  # fmt: skip
def test_what_browsers_play_gets_its_length_and_a_poster_and_no_copy(at, content, declared: str) -> None:
    one = looked_into(film(*content), declared, at.inspector)
    assert one.state == MediumState.READY
    assert 2.5 < one.seconds < 3.5
    assert one.has_poster == bool(content[1])
    assert not one.has_copy
    if one.has_poster:
        assert Image.open(media.path_of(one.pk, "poster")).size == (320, 240)


@pytest.mark.parametrize(("content", "declared", "made"), [
    (("avi", "mpeg4", "mp3"), "video/x-msvideo", ("h264", "aac")), (("mp4", "mpeg4", "aac"), "video/mp4", ("h264", "aac")),
    (("mp4", "mpeg4", ""), "video/mp4", ("h264", "")),
])  # fmt: skip
def test_what_browsers_do_not_play_gets_a_copy_they_do_and_the_original_stays(
    at, own_store, content, declared, made
) -> None:
    original = film(*content, size=(1602, 901))
    one = looked_into(original, declared, at.inspector)
    assert (one.state, one.has_copy) == (MediumState.READY, True)
    assert codecs(one.pk) == made
    assert own_store.read(one.pk) == original
    with av.open(str(media.path_of(one.pk, "play"))) as copy:
        assert max(copy.streams.video[0].width, copy.streams.video[0].height) <= media_process.LONG_EDGE
        assert 2 < copy.duration / av.time_base < 4


@pytest.mark.parametrize("content", [
    b"\x00\x00\x00\x18ftypisom" + b"\x00" * 5000, b"\x1a\x45\xdf\xa3" + os.urandom(5000), b"ID3" + os.urandom(400), b"RIFF\x00\x00\x00\x00AVI " + b"x" * 300,
])  # fmt: skip
def test_a_corrupt_file_is_said_not_to_play_and_troubles_nobody(at, content: bytes) -> None:
    assert looked_into(content, "video/mp4", at.inspector).state == MediumState.BROKEN


def test_a_video_cut_off_in_the_middle_plays_as_far_as_it_goes_or_is_said_not_to(at) -> None:
    whole = film("webm", "libvpx", "libopus")
    assert looked_into(whole[: len(whole) // 2], "video/webm", at.inspector).state in {
        MediumState.READY,
        MediumState.BROKEN,
    }


def test_a_photo_that_says_it_is_a_video_waits_for_nothing(at) -> None:
    file = store_bytes(factories.jpeg(), name="a.mp4", content_type="video/mp4", by=at.inspector)
    media.note(file)
    assert not Medium.objects.exists()
    assert not file.trusted


def test_a_decoder_that_dies_is_tried_again_and_then_given_up(at, monkeypatch) -> None:
    monkeypatch.setattr(media.sys, "executable", "/bin/false")
    file = store_bytes(film("mp4", "libx264"), name="a", content_type="video/mp4", by=at.inspector)
    media.note(file)
    workshop = Workshop()
    for _turn in range(200):
        workshop.turn()
        time.sleep(0.01)
    assert Medium.objects.get().state == MediumState.BROKEN


def test_the_visit_shows_poster_length_and_the_copy_in_parts(at, signed_in) -> None:
    one = looked_into(film("avi", "mpeg4", "mp3"), "video/x-msvideo", at.inspector)
    sheet = factories.sheet(at)
    line = {
        "sha256": one.pk,
        "size": one.file.size,
        "type": "video/x-msvideo",
        "name": "门口.avi",
        "role": "video",
    }
    visit = factories.visit(at, manifest=[line], findings=[]) if "sheets" in sheet else None
    assert visit is not None
    client = signed_in(at.officer)
    page = client.get(reverse("inspections:show", args=[visit.pk])).content.decode()
    play = reverse("intake:evidence", args=[one.pk, "play"])
    assert play in page
    assert "0:03" in page
    part = client.get(play, headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.getvalue()) == (206, b"ftyp")
    assert client.get(reverse("intake:evidence", args=[one.pk, "poster"]))["Content-Type"] == "image/jpeg"
    assert signed_in(factories.place().officer).get(play).status_code == 404
