#!/usr/bin/env python3
"""Check the demo material: shapes, times, links and the house style of the texts.

Needs the Python standard library only. Exits with 1 and a list when something is wrong.
When the audio is present, the times are also compared with the length of each MP3.
"""
import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
COVERS = {"cour", "escalier", "facades", "fils", "pain", "passage", "pont", "velo"}
BITRATE = 24_000  # constant, see make-audio.py
problems = []


def bad(where, what):
    problems.append(f"{where}: {what}")


def sentences(text):
    """Split a text into sentences; links keep their label only, marks are dropped."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"(?m)^(\s*[-*>]|\s*\d+\.)\s+", "", text).replace("**", "")
    for line in text.splitlines():
        for part in re.split(r"(?<=[.?…])[»”)]?\s+", line):
            if part.strip():
                yield part.strip()


def word_count(sentence):
    return len([w for w in sentence.split() if re.search(r"\w", w)])


def style(where, text, french, limit=15):
    if "!" in text:
        bad(where, "exclamation mark")
    if "'" in text or '"' in text:
        bad(where, "straight quote or apostrophe")
    if re.search("[\u00a0\u202f\u2009]", text):
        bad(where, "special space: the renderer puts them")
    if re.search("[\U0001f000-\U0001faff\u2600-\u27bf]", text):
        bad(where, "emoji")
    bare = re.sub(r"https?://\S+", "", text)
    if french:
        if re.search(r"[^\s\d:][;:?»%€]", bare) or re.search(r"\d[;?»%€]", bare) or re.search(r"«\S", bare):
            bad(where, "a space is missing at ; : ? » % € or «")
    else:
        if re.search(r"\s[;:?!%]", bare) or re.search("[«»]", bare):
            bad(where, "French spacing or quotes in English")
    for s in sentences(text):
        if word_count(s) > limit:
            bad(where, f"{word_count(s)} words: {s}")


def mp3_seconds(path):
    """Length in seconds of our constant-rate files: size without the ID3v2 tag."""
    data = path.read_bytes()
    skip = 0
    if data[:3] == b"ID3":
        a, b, c, d = data[6:10]
        skip = 10 + (a << 21 | b << 14 | c << 7 | d)
    return (len(data) - skip) * 8 / BITRATE


def check_episode(ep, people):
    w = ep["slug"]
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", w):
        bad(w, "slug")
    if ep["cover"] not in COVERS:
        bad(w, "unknown cover")
    names = {p["name"]: p["key"] for p in people.values()}
    for key in ep["people"]:
        if key not in people:
            bad(w, f"unknown person {key}")
    style(w + " alt fr", ep["cover_alt_fr"], True, 20)
    style(w + " alt en", ep["cover_alt_en"], False, 20)
    for lang in ("fr", "en"):
        if lang not in ep:
            continue
        t = ep[lang]
        if len(t["summary"]) > 200:
            bad(w, f"{lang} summary has {len(t['summary'])} characters")
        for field, limit in (("title", 15), ("summary", 15 if lang == "fr" else 18), ("notes_md", 15 if lang == "fr" else 18)):
            style(f"{w} {lang} {field}", t[field], lang == "fr", limit)
        if ep["state"] == "published":
            paragraphs = len(t["notes_md"].split("\n\n"))
            if not 3 <= paragraphs <= 9:
                bad(w, f"{lang} notes have {paragraphs} blocks")
        for url in re.findall(r"\]\(([^)]*)\)", t["notes_md"]):
            check_url(w, url)
    end = ep["duration_s"]
    audio = HERE / "audio" / f"ep-{ep['number']}.mp3"
    if audio.exists():
        real = mp3_seconds(audio)
        if not end <= real < end + 1:
            bad(w, f"audio lasts {real:.2f} s, expected {end}")
        if audio.stat().st_size > 330_000:
            bad(w, "audio over 330 kB")
    starts = [c["start_s"] for c in ep["chapters"]]
    if starts[0] != 0 or starts != sorted(set(starts)):
        bad(w, "chapters do not start at 0 or do not rise")
    if ep["state"] != "draft":
        if not 4 <= len(starts) <= 6:
            bad(w, "4 to 6 chapters expected")
        for gap in (b - a for a, b in zip(starts, starts[1:] + [end])):
            if not 8 <= gap <= 30:
                bad(w, f"a chapter lasts {gap} s")
    for c in ep["chapters"]:
        style(w, c["title_fr"], True)
        style(w, c["title_en"], False)
        if len(c["sources"]) > 3:
            bad(w, "more than 3 sources")
        for s in c["sources"]:
            style(w, s["title"], True)
            check_url(w, s["url"])
            if s["kind"] not in ("link", "video") or not re.fullmatch(r"\d{4}-\d\d-\d\d", s["seen"]):
                bad(w, "source kind or date")
    before = 0.0
    for cue in ep["transcript"]:
        if not before <= cue["start_s"] < cue["end_s"] <= end:
            bad(w, f"cue at {cue['start_s']} is out of order or too late")
        before = cue["end_s"]
        if cue["speaker"] not in names:
            bad(w, f"unknown speaker {cue['speaker']}")
        elif names[cue["speaker"]] not in ep["people"]:
            bad(w, f"{cue['speaker']} speaks but is not in people")
        style(f"{w} cue", cue["text"], True)
    if ep["state"] == "published" and not 10 <= len(ep["transcript"]) <= 16:
        bad(w, f"{len(ep['transcript'])} cues")


def check_url(where, url):
    if not re.fullmatch(r"https://[a-z0-9-]+\.example/[a-z0-9/-]+", url):
        bad(where, f"address {url}")


def main():
    show = json.loads((HERE / "show.json").read_text(encoding="utf-8"))
    episodes = json.loads((HERE / "episodes.json").read_text(encoding="utf-8"))
    people = {p["key"]: p for p in show["people"]}
    for key in ("tagline", "description", "disclaimer"):
        style(f"show {key} fr", show[key + "_fr"], True)
        style(f"show {key} en", show[key + "_en"], False, 18)
    for p in show["people"]:
        style(p["key"], p["bio_fr"], True)
        style(p["key"], p["bio_en"], False)
    if [e["number"] for e in episodes] != list(range(131, 145)):
        bad("episodes", "numbers 131 to 144 expected")
    if len({e["slug"] for e in episodes}) != len(episodes):
        bad("episodes", "slugs are not unique")
    for ep in episodes:
        check_episode(ep, people)
    if not any(s["kind"] == "video" for c in episodes[11]["chapters"] for s in c["sources"]):
        bad("episode 142", "no video source")
    for line in problems:
        print(line)
    published = [e for e in episodes if e["state"] == "published"]
    print(f"{len(published)} published, {len(episodes)} in all; "
          f"{sum('en' in e for e in episodes)} in English; "
          f"{sum(len(e['chapters']) for e in episodes)} chapters; "
          f"{sum(len(c['sources']) for e in episodes for c in e['chapters'])} sources; "
          f"{sum(len(e['transcript']) for e in episodes)} cues; "
          f"{sum(e['duration_s'] for e in episodes)} s; problems: {len(problems)}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
