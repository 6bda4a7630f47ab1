// The code for other pages, in another size or from another second on. Without this file it stands there in the usual size.

// "126", "2:06" or "1:02:06" as seconds; anything else is the beginning.
const seconds = (text) =>
  /^\d+(:\d{1,2}){0,2}$/.test(text) ? text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) : 0;

const box = document.querySelector('[data-frame]');
if (box) {
  const code = box.querySelector('textarea');
  const size = box.querySelector('[data-size]');
  const start = box.querySelector('[data-start]');
  const plain = code.value;
  const src = box.dataset.frame.split('?')[0];

  function write() {
    const [width, height] = size.value.split(' × ');
    const at = seconds(start.value.trim());
    code.value = plain
      .replace(/ src="[^"]*"/, () => ` src="${src}${at > 0 ? `?t=${at}` : ''}"`)
      .replace(/ width="\d+" height="\d+"/, ` width="${width}" height="${height}"`);
  }

  box.querySelector('[data-js]').hidden = false;
  size.addEventListener('change', write);
  start.addEventListener('input', write);
}
