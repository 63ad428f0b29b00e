  // What the scripts of the page share.
  const pageLanguage = () => document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
  // Gradio hears of a value only by its event; a button that goes with it is pressed when it has heard.
  const typeInto = (box, text, button) => {
    box.value = text;
    box.dispatchEvent(new Event('input', {bubbles: true}));
    if (button) setTimeout(() => document.querySelector(button).click(), 50);
  };
  // The first press of what cannot be undone asks, the second does it.
  const isSure = (button, question = button.dataset.sure) => {
    const again = Boolean(button.dataset.asked);
    button.dataset.asked = 'yes';
    button.textContent = question;
    return again;
  };
  // Tidies up now and after every change of the page, at most once a frame.
  const keepTidy = (tidy, options = {}) => {
    let pending = false;
    new MutationObserver(() => {
      if (pending) return;
      pending = true;
      requestAnimationFrame(() => { pending = false; tidy(); });
    }).observe(document.documentElement, {childList: true, subtree: true, ...options});
    tidy();
  };
