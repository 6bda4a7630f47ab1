#!/usr/bin/env python3
"""Make the demo's sound: synthetic music shaped like speech, one MP3 per episode.

Reads show.json and episodes.json, writes audio/ep-NNN.mp3. Each line of the transcript
becomes a phrase of soft bells in its speaker's register, over a pad that changes with
the chapter, so that the waveform breathes as a conversation does. There is no speech.

Needs Python's standard library and the `lame` command. The seeds are fixed and the tag
holds no time stamp: the same versions give the same bytes.
Usage: make-audio.py [episode number …]
"""
import io
import json
import math
import random
import struct
import subprocess
import sys
import wave
from array import array
from pathlib import Path

HERE = Path(__file__).resolve().parent
RATE = 22_050  # samples per second
KBPS = 24  # constant, so that length = size × 8 / 24 000
YEAR = "2026"
CONTROL = 441  # samples between two points of an envelope (20 ms)
PAD_SECONDS = 8  # the pad is a loop of this length; its pitches fit it exactly

# Pentatonic steps in semitones; a chapter takes one (root, scale, chord) in turn.
MAJOR = (0, 2, 4, 7, 9)
MINOR = (0, 3, 5, 7, 10)
COLOURS = (
    (50, MAJOR, (0, 7, 16)),
    (47, MINOR, (0, 7, 15)),
    (55, MAJOR, (-5, 4, 11)),
    (52, MINOR, (0, 10, 15)),
    (48, MAJOR, (0, 7, 14)),
    (57, MINOR, (-12, 0, 7)),
)


def hertz(note):
    """Frequency in Hz of a MIDI note number."""
    return 440.0 * 2 ** ((note - 69) / 12)


def low(note):
    """The same note at most 1 047 Hz high: above, bells are tiring."""
    return note if note <= 84 else note - 12


def bell(note, seconds, bright, cache={}):
    """Samples (floats, at most about 1) of one soft bell, kept for the next call."""
    key = (note, round(seconds, 2), round(bright, 1))
    if key not in cache:
        count = int(key[1] * RATE)
        step = 2 * math.pi * hertz(note) / RATE
        attack = 0.014 * RATE
        partials = ((1.0, 1.0, 3.2), (2.0, 0.32 * key[2], 5.0), (3.01, 0.16 * key[2], 8.0), (5.4, 0.05 * key[2], 14.0))
        out = [0.0] * count
        for ratio, level, decay in partials:
            if hertz(note) * ratio > RATE * 0.4:
                continue
            fall = math.exp(-decay / (key[1] * RATE))
            gain = level
            for i in range(count):
                out[i] += gain * math.sin(step * ratio * i)
                gain *= fall
        tail = 0.12 * count
        for i in range(count):
            out[i] *= min(1.0, i / attack) * min(1.0, (count - i) / tail)
        cache[key] = out
    return cache[key]


def pad_loop(notes):
    """A seamless loop: each pitch is moved to the nearest whole number of turns."""
    count = PAD_SECONDS * RATE
    out = [0.0] * count
    for note in notes:
        turns = round(hertz(note) * PAD_SECONDS)
        for turn, level in ((turns, 0.5), (turns + 3, 0.35), (2 * turns + 2, 0.12)):
            step = 2 * math.pi * turn / count
            for i in range(count):
                out[i] += level * math.sin(step * i)
    return [v / len(notes) for v in out]


def add(mix, samples, at, gain):
    """Add samples to the mix from the second `at`, cut at the end of the mix."""
    start = int(at * RATE)
    end = min(len(mix), start + len(samples))
    for i, j in zip(range(start, end), range(end - start)):
        mix[i] += gain * samples[j]


def register(speaker, people):
    """Semitones above the root and brightness of a speaker's bells, by order in the cast."""
    place = people.index(speaker) if speaker in people else len(people)
    return ((24, 0.7), (12, 0.5), (19, 0.9), (17, 0.6), (14, 1.0))[place % 5]


def phrase(mix, cue, colour, voice, rng):
    """Turn one line of the transcript into bells: one per syllable or so, with short breaths."""
    root, scale, _ = colour
    lift, bright = voice
    at, end = cue["start_s"], cue["end_s"] - 0.25
    degree = int(rng.random() * 5)
    first, length = at, cue["end_s"] - cue["start_s"]
    while at < end:
        degree += int(rng.random() * 5) - 2
        if degree > 5 or degree < -3:
            degree = 1 + int(rng.random() * 3)
        note = low(root + lift + 12 * (degree // 5) + scale[degree % 5])
        arc = math.sin(math.pi * min(1.0, (at - first) / length * 0.9 + 0.08))
        loud = (0.35 + 0.65 * arc) * (0.45 + 0.55 * rng.random())
        long = rng.random() < 0.18
        add(mix, bell(note, 0.9 if long else 0.5, bright), at, 0.46 * loud)
        if rng.random() < 0.22:
            add(mix, bell(note - 12, 0.9, 0.3), at, 0.22 * loud)
        at += 0.34 + 0.2 * rng.random() if long else 0.13 + 0.14 * rng.random()
        if rng.random() < 0.07:
            at += 0.28


def chime(mix, at, colour, order):
    """Three long bells that open a chapter (rising) or close the episode (falling)."""
    root, _, chord = colour
    for i, place in enumerate(order):
        add(mix, bell(low(root + 24 + chord[place] % 12), 2.2, 0.6), at + 0.22 * i, 0.24)


def pad_envelope(ep):
    """Points every 20 ms: fuller under a phrase, thinner in a pause, faded at both ends."""
    total = ep["duration_s"]
    points, level, cues = [], 0.0, list(ep["transcript"])
    for k in range(total * RATE // CONTROL + 2):
        t = k * CONTROL / RATE
        while cues and cues[0]["end_s"] < t:
            cues.pop(0)
        speaking = bool(cues) and cues[0]["start_s"] - 0.1 <= t
        level += ((1.0 if speaking else 0.42) - level) * 0.06
        sway = 0.86 + 0.14 * math.sin(2 * math.pi * t / 3.7)
        points.append(0.17 * level * sway * min(1.0, t / 1.0) * max(0.0, min(1.0, (total - t) / 2.0)))
    return points


def render(ep, people):
    """The whole episode as floats; its length is exactly duration_s seconds."""
    total = ep["duration_s"] * RATE
    mix = [0.0] * total
    starts = [c["start_s"] for c in ep["chapters"]] + [ep["duration_s"]]
    colours = [COLOURS[(ep["number"] + i) % len(COLOURS)] for i in range(len(starts) - 1)]
    transpose = ep["number"] * 5 % 4
    colours = [(root + transpose, scale, chord) for root, scale, chord in colours]
    points = pad_envelope(ep)
    for i, colour in enumerate(colours):
        loop = pad_loop([colour[0] + n for n in colour[2]])
        begin, end = starts[i] * RATE, starts[i + 1] * RATE
        fade = RATE // 2
        for s in range(begin, min(total, end + fade)):
            k, rest = divmod(s, CONTROL)
            gain = points[k] + (points[k + 1] - points[k]) * rest / CONTROL
            cross = min(1.0, (s - begin) / fade) if i else 1.0
            if s >= end:
                cross = 1.0 - (s - end) / fade
            mix[s] += loop[s % len(loop)] * gain * cross
        chime(mix, starts[i] + 0.15, colour, (0, 1, 2))
    for n, cue in enumerate(ep["transcript"]):
        here = max(i for i, s in enumerate(starts[:-1]) if s <= cue["start_s"])
        rng = random.Random(f"{ep['number']}/{n}")
        phrase(mix, cue, colours[here], register(cue["speaker"], people), rng)
    chime(mix, ep["duration_s"] - 2.6, colours[-1], (2, 1, 0))
    return mix


def to_pcm(mix):
    """Signed 16-bit little-endian samples, peaks at 80 % of full scale, last half second faded."""
    top = max(max(mix), -min(mix), 1e-9)
    scale = 0.8 * 32767 / top
    fade, total = RATE // 2, len(mix)
    pcm = array("h", (int(round(v * scale * min(1.0, (total - 1 - i) / fade))) for i, v in enumerate(mix)))
    if sys.byteorder == "big":
        pcm.byteswap()
    return pcm.tobytes()


def frame(name, body):
    """One ID3v2.3 frame."""
    return name + struct.pack(">IH", len(body), 0) + body


def id3(fields, comment):
    """An ID3v2.3 tag in UTF-16, without time stamp or padding."""
    utf16 = lambda s: b"\xff\xfe" + s.encode("utf-16-le")
    frames = b"".join(frame(n.encode(), b"\x01" + utf16(v)) for n, v in fields)
    frames += frame(b"COMM", b"\x01fra" + utf16("") + b"\0\0" + utf16(comment))
    size = len(frames)
    safe = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + safe + frames


def encode(pcm):
    """MP3 bytes from lame: mono, constant rate, no tag and no information frame of its own."""
    sound = io.BytesIO()
    with wave.open(sound, "wb") as out:
        out.setparams((1, 2, RATE, len(pcm) // 2, "NONE", ""))
        out.writeframes(pcm)
    command = ["lame", "--quiet", "-m", "m", "--cbr", "-b", str(KBPS), "--resample", "22.05", "-q", "2", "-t", "-", "-"]
    return subprocess.run(command, input=sound.getvalue(), stdout=subprocess.PIPE, check=True).stdout


def main():
    show = json.loads((HERE / "show.json").read_text(encoding="utf-8"))
    episodes = json.loads((HERE / "episodes.json").read_text(encoding="utf-8"))
    names = {p["key"]: p["name"] for p in show["people"]}
    wanted = {int(a) for a in sys.argv[1:]}
    (HERE / "audio").mkdir(exist_ok=True)
    for ep in episodes:
        if ep["state"] == "draft" or (wanted and ep["number"] not in wanted):
            continue
        tag = id3([("TIT2", ep["fr"]["title"]), ("TPE1", show["author"]), ("TALB", show["title"]),
                   ("TYER", YEAR), ("TRCK", str(ep["number"])), ("TCON", "Podcast")],
                  "Musique de synthèse, sans parole. CC0 1.0.")
        data = tag + encode(to_pcm(render(ep, [names[k] for k in ep["people"]])))
        path = HERE / "audio" / f"ep-{ep['number']}.mp3"
        path.write_bytes(data)
        print(f"{path.name} {ep['duration_s']} s {len(data)} bytes", flush=True)


if __name__ == "__main__":
    main()
