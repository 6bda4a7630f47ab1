// In a frame: the link to the episode's page leads to the second the player has reached. Nothing is stored.

const back = document.querySelector('[data-back]');
if (back) {
  document.addEventListener('player-time', (event) => {
    back.href = event.detail > 0 ? `${back.dataset.back}#t=${event.detail}` : back.dataset.back;
  });
}
