() => {
  // Copies the text that a button carries, as it was written.
  const copyByHand = text => {
    const box = document.createElement('textarea');
    box.value = text;
    document.body.append(box);
    box.select();
    const isDone = document.execCommand('copy');
    box.remove();
    return isDone;
  };
  document.addEventListener('click', async event => {
    const button = event.target.closest?.('button.copy');
    if (!button) return;
    const {text, done} = button.dataset;
    // A page that is not served over https, nor by this machine, has no clipboard.
    const isDone = await navigator.clipboard?.writeText(text).then(() => true, () => false) || copyByHand(text);
    if (!isDone || button.dataset.own) return;
    button.dataset.own = button.textContent;
    button.textContent = done;
    setTimeout(() => { button.textContent = button.dataset.own; delete button.dataset.own; }, 1500);
  });
}
