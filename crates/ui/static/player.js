// Turns the plain audio element into a player with a wave. Without this file the plain element stays and every link
// to a time opens the sound itself. Nothing is stored and nothing is sent.

const two = (n) => String(n).padStart(2, '0');

/** 230 → "3:50"; 3750 → "1:02:30". */
export function clock(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  const h = Math.floor(s / 3600);
  const m = Math.floor(s / 60) % 60;
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

/** "126", "2:06" or "1:02:06" → seconds; anything else → null. */
export function seconds(text) {
  if (!/^\d+(:\d{1,2}){0,2}(\.\d+)?$/.test(text)) return null;
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

const fromHash = () => {
  const found = /(?:^#|&)t[=-]([\d:.]+)/.exec(location.hash);
  return found ? seconds(found[1]) : null;
};

function start(box) {
  const audio = box.querySelector('[data-audio]');
  const seek = box.querySelector('[data-seek]');
  const wave = box.querySelector('.wave');
  const find = (name) => box.querySelector(`[data-${name}]`);
  const act = (name) => box.querySelector(`[data-act="${name}"]`);
  const text = box.dataset;
  const lang = document.documentElement.lang;
  const speeds = [1, 1.25, 1.5, 1.75, 2, 0.75];
  const chapters = [...document.querySelectorAll('[data-chapter-start]')];
  const cues = [...document.querySelectorAll('[data-cue]')];
  const named = document.querySelector('[data-t-now]');
  const badge = named && Object.assign(document.createElement('span'), {
    className: 'badge ok', textContent: named.dataset.tNow, lang,
  });
  let waiting = null; // a place asked for before the sound has loaded
  let dragging = false;
  let slow = 0;

  const total = () => (Number.isFinite(audio.duration) && audio.duration > 0 ? audio.duration : Number(text.duration) || 0);
  const now = () => waiting ?? audio.currentTime;
  const say = (words) => { find('status').textContent = words; };
  const words = (s) => {
    const h = Math.floor(s / 3600);
    const pattern = h ? text.tHour : text.tMinute;
    return pattern.replace('%h', h).replace('%m', Math.floor(s / 60) % 60).replace('%s', Math.floor(s) % 60);
  };

  /** Marks the last element that has begun, and gives it back. */
  function mark(list, key, at) {
    let current = null;
    for (const item of list) if (Number(item.dataset[key]) <= at + 0.25) current = item;
    for (const item of list) {
      const on = item === current;
      if (on === item.hasAttribute('aria-current')) continue;
      if (on) item.setAttribute('aria-current', 'true');
      else item.removeAttribute('aria-current');
    }
    return current;
  }

  function show() {
    const at = now();
    const end = total();
    if (Number(seek.max) !== Math.floor(end)) seek.max = Math.floor(end);
    if (!dragging) seek.value = Math.floor(at);
    seek.setAttribute('aria-valuetext', text.tPosition.replace('%p', words(at)).replace('%t', words(end)));
    wave.style.setProperty('--p', `${end ? Math.min(100, (at / end) * 100) : 0}%`);
    find('now').textContent = clock(at);
    if (end) find('total').textContent = clock(end);
    const begun = at > 0 || !audio.paused;
    const chapter = mark(chapters, 'chapterStart', begun ? at : -1);
    if (badge && chapter !== badge.parentNode) {
      if (chapter) chapter.querySelector('.tab').before(badge, ' ');
      else badge.remove();
    }
    for (const item of chapters) item.classList.toggle('done', begun && Number(item.dataset.chapterStart) <= at + 0.25);
    find('chapter').textContent = chapter?.querySelector('strong').textContent ?? '';
    mark(cues, 'cue', begun ? at : -1);
    document.dispatchEvent(new CustomEvent('player-time', { detail: Math.floor(at) }));
  }

  function go(to) {
    const place = Math.max(0, total() ? Math.min(to, total()) : to);
    if (audio.readyState > 0) {
      waiting = null;
      audio.currentTime = place;
    } else {
      waiting = place;
    }
    show();
  }

  const play = () => audio.play().catch(() => {});
  const toggle = () => (audio.paused ? play() : audio.pause());

  function buttons() {
    const playing = !audio.paused;
    act('play').setAttribute('aria-label', playing ? text.tPause : text.tPlay);
    box.querySelector('[data-icon="play"]').hidden = playing;
    box.querySelector('[data-icon="pause"]').hidden = !playing;
    if ('mediaSession' in navigator) navigator.mediaSession.playbackState = playing ? 'playing' : 'paused';
    show();
  }

  function speed() {
    const next = speeds[(speeds.indexOf(audio.playbackRate) + 1) % speeds.length];
    audio.defaultPlaybackRate = next;
    audio.playbackRate = next;
    const shown = next.toLocaleString(lang);
    act('speed').textContent = `${shown}×`;
    act('speed').setAttribute('aria-label', text.tSpeed.replace('%x', shown));
  }

  const moves = { play: toggle, back: () => go(now() - 15), forward: () => go(now() + 30), speed };
  for (const [name, move] of Object.entries(moves)) act(name).addEventListener('click', move);

  seek.addEventListener('input', () => { dragging = true; go(Number(seek.value)); });
  seek.addEventListener('change', () => { dragging = false; show(); });
  seek.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -30, PageUp: 30 }[event.key];
    if (step) { event.preventDefault(); go(now() + step); }
    if (event.key === ' ') { event.preventDefault(); toggle(); }
  });

  for (const link of document.querySelectorAll('#transcript li[data-cue] > a')) link.dataset.t ??= link.parentNode.dataset.cue;
  for (const link of document.querySelectorAll('a[data-t]')) link.href = `#t=${link.dataset.t}`;
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-t]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.replaceState(null, '', link.getAttribute('href'));
    go(Number(link.dataset.t));
    say(text.tJump.replace('%p', words(now())));
    play();
  });
  addEventListener('hashchange', () => { const at = fromHash(); if (at !== null) go(at); });

  audio.addEventListener('loadedmetadata', () => {
    if (waiting !== null) { audio.currentTime = waiting; waiting = null; }
    show();
  });
  for (const name of ['play', 'pause', 'ended']) audio.addEventListener(name, buttons);
  for (const name of ['timeupdate', 'seeked', 'durationchange']) audio.addEventListener(name, show);
  audio.addEventListener('waiting', () => { slow = setTimeout(() => say(text.tWait), 400); });
  for (const name of ['playing', 'pause', 'error']) {
    audio.addEventListener(name, () => { clearTimeout(slow); if (find('status').textContent === text.tWait) say(''); });
  }
  audio.addEventListener('error', () => { find('error').hidden = false; });
  audio.addEventListener('playing', () => { find('error').hidden = true; });

  if ('mediaSession' in navigator) {
    const artwork = text.cover ? [{ src: new URL(text.cover, location.href).href }] : [];
    navigator.mediaSession.metadata = new MediaMetadata({ title: text.title, artist: text.show, artwork });
    const handlers = {
      play, pause: () => audio.pause(), seekbackward: () => go(now() - 15), seekforward: () => go(now() + 30),
      seekto: (details) => go(details.seekTime),
    };
    for (const [name, handler] of Object.entries(handlers)) {
      try { navigator.mediaSession.setActionHandler(name, handler); } catch { /* this browser has no such key */ }
    }
  }

  audio.controls = false;
  audio.hidden = true;
  for (const part of box.querySelectorAll('[data-js]')) part.hidden = false;
  const at = fromHash() ?? (text.start ? Number(text.start) : null);
  if (at !== null) go(at);
  else show();
}

const box = document.querySelector('[data-player]');
if (box) start(box);
