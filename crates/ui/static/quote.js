// Quotes a passage of the transcript: what is selected with mouse, finger or keys, or the passage whose time has the focus.
// Without this file each time leads to the page of its quotation. Nothing is stored and nothing is sent.

const bar = document.querySelector('[data-quote]');
const script = document.querySelector('#transcript');
const MOST = 1000; // characters, as on the page of a quotation

function start() {
  const text = bar.dataset;
  const title = document.querySelector('h1').textContent;
  const address = document.querySelector('.share-url a').getAttribute('href');
  const act = (name) => bar.querySelector(`[data-do="${name}"]`);
  const shown = bar.querySelector('[data-text]');
  const said = bar.querySelector('[role="status"]');
  const cues = [...script.querySelectorAll('li[data-cue]')];
  const button = Object.assign(document.createElement('button'), { className: 'btn bare', type: 'button', textContent: text.tQuote });
  let quote = null; // what is quoted now
  const french = (cues[0].closest('[lang]')?.lang ?? '').startsWith('fr');
  const colon = french ? '\u202f:' : ':';
  let opener = null;

  /** The words of a cue without its speaker's name, or the selected part of them. */
  function words(cue, range) {
    const part = document.createRange();
    const line = cue.querySelector('p');
    part.selectNodeContents(line);
    const name = line.querySelector('strong');
    if (name) part.setStartAfter(name);
    if (line.contains(button)) part.setEndBefore(button);
    if (range) {
      if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0) part.setStart(range.startContainer, range.startOffset);
      if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) part.setEnd(range.endContainer, range.endOffset);
    }
    return part.toString().replace(/\s+/g, ' ').trim();
  }
  const speaker = (cue) => cue.querySelector('p > strong')?.textContent.replace(/\.$/, '') ?? '';

  /** A quotation of whole cues, or of what a range covers of them; null when that is nothing. */
  function made(list, range) {
    const parts = list.map((cue) => ({ cue, name: speaker(cue), words: words(cue, range) })).filter((p) => p.words);
    if (!parts.length) return null;
    const names = [...new Set(parts.map((p) => p.name).filter(Boolean))];
    let last = '';
    const all = parts.map((p) => {
      const named = names.length > 1 && p.name && p.name !== last ? `${p.name}${colon} ${p.words}` : p.words;
      last = p.name;
      return named;
    }).join(' ');
    const cut = [...all].length > MOST ? `${[...all].slice(0, MOST - 1).join('').trimEnd()}…` : all;
    const first = parts[0].cue;
    const at = first.dataset.cue;
    const clock = first.querySelector('a').textContent;
    const source = [text.show, title, names.join(', '), clock].filter(Boolean).join(', ');
    return {
      cues: parts.map((p) => p.cue), cut, at, url: `${address}#t=${at}`,
      line: text.tLine.replace('%t', () => cut).replace('%s', () => source),
      page: `${location.pathname}/quote?t=${at}&to=${Number(parts.at(-1).cue.dataset.cue) + 1}`,
    };
  }

  function show(next) {
    quote = next;
    bar.hidden = !next;
    if (!next) return;
    shown.textContent = next.cut.length > 90 ? `${next.cut.slice(0, 89).trimEnd()}…` : next.cut;
    said.textContent = '';
    act('page').href = next.page;
    const behind = cues[cues.indexOf(next.cues.at(-1)) + 1];
    act('longer').hidden = !behind || [...next.cut].length >= MOST;
  }

  function close() {
    show(null);
    if (opener?.isConnected) opener.focus();
    opener = null;
  }

  document.addEventListener('selectionchange', () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    const list = cues.filter((cue) => range.intersectsNode(cue));
    const next = list.length ? made(list, range) : null;
    if (next) show(next);
  });

  // The one button stands in the passage that has the focus or the pointer.
  const come = (event) => {
    const cue = event.target.closest?.('li[data-cue]');
    if (!cue || cue.contains(button)) return;
    button.ariaLabel = text.tThis.replace('%p', cue.querySelector('a').textContent);
    cue.querySelector('p').append(' ', button);
  };
  script.addEventListener('focusin', come);
  script.addEventListener('pointerover', (event) => { if (getSelection().isCollapsed) come(event); });
  button.addEventListener('click', () => {
    opener = button.closest('li').querySelector('a');
    show(made([button.closest('li')], null));
    act('copy').focus();
  });

  act('longer').addEventListener('click', () => {
    const behind = cues[cues.indexOf(quote.cues.at(-1)) + 1];
    if (behind) show(made([...quote.cues, behind], null));
    if (act('longer').hidden) act('copy').focus();
  });
  act('copy').addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(`${quote.line}\n${quote.url}`);
      said.textContent = text.tCopied;
    } catch {
      shown.textContent = `${quote.line} ${quote.url}`;
      said.textContent = text.tFailed;
    }
  });
  if (navigator.share) {
    act('share').hidden = false;
    act('share').addEventListener('click', () => {
      navigator.share({ title, text: quote.line, url: quote.url }).catch(() => {});
    });
  }
  act('close').addEventListener('click', close);
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape' && quote) close(); });
  document.querySelector('[data-quote-hint]').hidden = false;
}

if (bar && script?.querySelector('li[data-cue]')) start();
