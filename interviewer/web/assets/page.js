() => {
  const tidy = () => {
    document.querySelectorAll('footer img').forEach(image => image.setAttribute('alt', ''));
    const chat = document.querySelector('#chat .chat');
    if (chat && chat.dataset.length !== String(chat.innerHTML.length)) {
      chat.dataset.length = String(chat.innerHTML.length);
      chat.scrollTop = chat.scrollHeight;
    }
    document.querySelectorAll('details[data-key]').forEach(fold => {
      if (unfolded.has(fold.dataset.key)) fold.open = true;
    });
    const box = document.querySelector('#answer textarea');
    const draft = sessionStorage.getItem('draft');
    if (box && draft !== null) {
      sessionStorage.removeItem('draft');
      if (!box.value) {
        box.value = draft;
        box.dispatchEvent(new Event('input', {bubbles: true}));
      }
    }
  };
  // What was unfolded stays unfolded when a grade comes in and the report is drawn anew.
  const unfolded = new Set();
  document.addEventListener('toggle', event => {
    const key = event.target.dataset?.key;
    if (key && event.target.isConnected) event.target.open ? unfolded.add(key) : unfolded.delete(key);
  }, true);
  // What was edited and not saved is not lost without a question.
  let edited = false;
  document.addEventListener('input', event => { if (event.isTrusted && event.target.closest?.('#import-yaml')) edited = true; });
  document.addEventListener('click', event => { if (event.target.closest?.('#import-save')) edited = false; });
  window.addEventListener('beforeunload', event => { if (edited) event.preventDefault(); });
  // Each window reads its own files.
  const windowName = String(Math.random()).slice(2);
  // A file goes to the server as it is; then the hidden button asks what was found in it.
  const send = async file => {
    const status = document.querySelector('#import-status');
    const told = document.querySelector('#import-drop').dataset;
    status.textContent = file.name + ' …';
    try {
      const headers = {'X-File-Name': encodeURIComponent(file.name), 'X-Window': windowName};
      const reply = await fetch('import', {method: 'POST', body: file, headers});
      status.textContent = file.name;
      if (!reply.ok) status.textContent += ': ' + (reply.status === 413 ? told.tooLarge : told.notSent);
      if (!reply.ok) return;
      const box = document.querySelector('#import-window textarea, #import-window input');
      box.value = windowName;
      box.dispatchEvent(new Event('input', {bubbles: true}));
      setTimeout(() => document.querySelector('#import-read').click(), 50);
    } catch {
      status.textContent = file.name + ': ' + told.notSent;
    }
  };
  document.addEventListener('change', event => {
    if (event.target.id === 'import-file' && event.target.files.length) {
      send(event.target.files[0]);
      event.target.value = '';
    }
  });
  for (const kind of ['dragover', 'drop']) document.addEventListener(kind, event => {
    if (!event.target.closest?.('#import-drop')) return;
    event.preventDefault();
    if (kind === 'drop' && event.dataTransfer.files.length) send(event.dataTransfer.files[0]);
  });
  let pending = false;
  new MutationObserver(() => {
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => { pending = false; tidy(); });
  }).observe(document.body, {childList: true, subtree: true});
  tidy();
  window.addEventListener('pagehide', () => {
    const box = document.querySelector('#answer textarea');
    if (box && box.value.trim()) sessionStorage.setItem('draft', box.value);
  });
}
