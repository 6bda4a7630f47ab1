// The queue by keyboard, and without leaving the page. Every act is the very form a mouse would send; when sending fails the
// browser sends the form itself. Single keys can be switched off (WCAG 2.1.4), which this device remembers.
const queue = document.querySelector("[data-queue]");
const list = queue?.querySelector("[data-list]");
const live = queue?.querySelector("[data-live]");
const say = text => { if (live) live.textContent = text };
const items = () => [...(list?.querySelectorAll("[data-comment]") ?? [])];
const current = () => document.activeElement?.closest?.("[data-comment]") ?? null;
const focus = item => { item?.focus({ preventScroll: true }); item?.scrollIntoView({ block: "nearest" }) };

const KEY = "traboule-moderation-keys";
let keysOn = true;
try { keysOn = localStorage.getItem(KEY) !== "off" } catch { /* no storage, no memory */ }

function move(step) {
  const all = items(), at = all.indexOf(current());
  focus(all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))]);
}

async function send(form, button) {
  const data = new URLSearchParams(new FormData(form, button));
  const answer = await fetch(form.action, { method: "POST", body: data, headers: { accept: "text/html" } });
  if (!answer.ok) throw new Error(answer.status);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of ["[data-status]", "[data-tabs]"]) {
    const fresh = page.querySelector(part), old = queue.querySelector(part);
    if (fresh && old) old.replaceWith(document.adoptNode(fresh));
  }
  say(page.querySelector("[data-status]")?.textContent.trim() || queue.querySelector("[data-status] [role=status]")?.textContent.trim() || "");
  return page;
}

async function act(form, button) {
  const item = form.closest("[data-comment]"), all = items(), at = all.indexOf(item);
  const next = all[at + 1] ?? all[at - 1];
  button.disabled = true;
  try {
    await send(form, button);
    item.remove();
    if (next) focus(next); else location.reload();
  } catch {
    button.disabled = false;
    say(queue.dataset.tFailed);
    form.requestSubmit(button);
  }
}

let passing = false;
queue?.addEventListener("submit", event => {
  const form = event.target, button = event.submitter;
  if (passing || !button?.dataset.verb || form.id === "many") return;
  event.preventDefault();
  act(form, button).catch(() => { passing = true; form.requestSubmit(button) });
});

const verbs = { a: "approve", s: "spam", r: "remove", h: "hold" };
document.addEventListener("keydown", event => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (!queue || !keysOn || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const item = current(), verb = verbs[event.key];
  if (event.key === "j" || event.key === "ArrowDown" && item) move(1);
  else if (event.key === "k" || event.key === "ArrowUp" && item) move(-1);
  else if (event.key === "/") queue.querySelector("#f-q")?.focus();
  else if (event.key === "?") { const help = queue.querySelector("[data-keys]"); help.open = !help.open; help.querySelector("summary").focus() }
  else if (event.key === "u") queue.querySelector("[data-undo]")?.click();
  else if (event.key === "x" && item) item.querySelector("input[type=checkbox]")?.click();
  else if (verb && item) item.querySelector(`[data-verb=${verb}]`)?.click();
  else return;
  event.preventDefault();
});

const all = queue?.querySelector("[data-all]");
if (all) {
  all.hidden = false;
  all.querySelector("input").addEventListener("change", event => {
    for (const box of list.querySelectorAll("input[name=id]")) box.checked = event.target.checked;
  });
}

const help = queue?.querySelector("[data-keys]"), toggle = help?.querySelector("[data-toggle-keys]");
if (help && toggle) {
  help.hidden = false;
  const show = () => { toggle.textContent = keysOn ? queue.dataset.tKeysOff : queue.dataset.tKeysOn };
  toggle.addEventListener("click", () => {
    keysOn = !keysOn;
    try { localStorage.setItem(KEY, keysOn ? "on" : "off") } catch { /* this page only */ }
    show();
  });
  show();
}
