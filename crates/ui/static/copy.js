// Copies a text that stands on the page. Without this script, or when the browser refuses, it can be selected by hand.

if (navigator.clipboard) {
  for (const button of document.querySelectorAll('button[data-copies]')) {
    const field = document.getElementById(button.dataset.copies);
    if (!field) continue;
    button.hidden = false;
    button.addEventListener('click', async () => {
      const said = button.parentElement.querySelector('[role="status"]');
      try {
        await navigator.clipboard.writeText(field.value ?? field.textContent);
        if (said) said.textContent = button.dataset.tCopied;
      } catch {
        field.select?.();
      }
    });
  }
}
