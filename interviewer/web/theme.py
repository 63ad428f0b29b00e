"""How the page looks: theme variables, our own style sheet, and the few lines of script that Gradio has no option for."""

import gradio as gr

from interviewer.presentation.style import DARK, STYLE

_FONTS = (
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "sans-serif",
)


def theme() -> gr.themes.Base:
    """One accent colour with enough contrast in light and dark, system fonts, nothing fetched."""
    return gr.themes.Default(
        primary_hue="indigo",
        neutral_hue="slate",
        font=list(_FONTS),
        font_mono=["ui-monospace", "Consolas", "monospace"],
        radius_size="lg",
    ).set(
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_300",
        block_label_text_color="*neutral_700",
        block_label_text_color_dark="*neutral_200",
        block_title_text_color="*neutral_800",
        block_title_text_color_dark="*neutral_100",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_600",
        button_primary_background_fill_hover_dark="*primary_700",
        button_primary_text_color="white",
        button_primary_text_color_dark="white",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        link_text_color="*primary_700",
        link_text_color_dark="*primary_300",
    )


CSS = (
    STYLE
    + """
.gradio-container { width: 100%; max-width: 76rem !important; margin: 0 auto; }
#head { align-items: center; } #head h1 { margin: 0; font-size: 1.5rem; font-weight: 700; } #head p { margin: 0; }
#language { max-width: 17rem; border: 0; box-shadow: none; }
#title, #progress, #start-title { padding: 0 .6rem; } #progress p { margin: 0; font-weight: 600; }
#start h2, .report h2, .card h2, #interviews h2 { font-size: 1.2rem; font-weight: 700; margin: .3rem 0; }
.report h3, .card h3, .card h5 { font-size: 1rem; font-weight: 700; margin: .8rem 0 .2rem; } .card h4 { font-weight: 700; }
.report ul:not(.ledger), .card ul:not(.ledger) { list-style: disc; padding-left: 1.4rem; }
#play a, #result a, #interviews a { color: var(--link-text-color); text-decoration: underline; }
#chat, #card, #report, #interviews { padding: .3rem .6rem; }
.chat { height: calc(100dvh - 31rem); min-height: 14rem; overflow-y: auto; padding: .2rem .5rem; }
#report .chat { height: auto; }
#import-file { position: absolute; opacity: 0; width: 1px; }
#import-drop label { cursor: pointer; font-weight: 600; text-decoration: underline; } #import-drop:focus-within { outline: 3px solid var(--primary-500); }
#import-found td:first-child { white-space: nowrap; }
#import-drop { border: 2px dashed var(--border-color-primary); border-radius: .7rem; padding: 1rem; margin: .5rem 0; }
#import-picker, #import-found, #import-saved { padding: .3rem .6rem; } #import-picker h2 { font-size: 1.2rem; font-weight: 700; }
.unsent { white-space: pre-wrap; max-height: 12rem; overflow-y: auto; }
#notice > div, #contest-notice > div { border-left: 4px solid #b45309; padding: .3rem .8rem; }
#reviewing { position: sticky; bottom: 0; padding: .5rem 0; background: var(--body-background-fill); z-index: 5; }
.interviews { list-style: none; padding: 0; } .interviews li { padding: .5rem 0; border-bottom: 1px solid var(--border-color-primary); }
:focus-visible { outline: 3px solid var(--primary-500) !important; outline-offset: 1px; }
button[role=tab][aria-selected=true] { color: var(--primary-700); } .dark button[role=tab][aria-selected=true] { color: var(--primary-300); }
button, a, summary, input[type=radio] + span, input[type=checkbox] + span { min-height: 24px; }
"""
    + "".join(f".dark {part} {{ {DARK} }}\n" for part in (".chat", ".card", ".report"))
    + """
#interviews .quiet { color: var(--body-text-color-subdued); }
@media (max-width: 48rem) { .chat { height: auto; max-height: 46dvh; min-height: 8rem; } #stage, #head { flex-direction: column; }
  #ending { flex-direction: column; } #language { max-width: none; } button[role=tab] { padding-left: .4rem; padding-right: .4rem; }
  #head { align-items: stretch; } #head p { display: none; } #chat, #card, #report, #interviews, #title, #progress { padding: .1rem; }
  .gradio-container { padding: .4rem !important; } }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
"""
)

# Keeps the chat at its end, and an answer that was being typed through a refresh: only from the moment the tab
# unloads until it is back, and only in this tab.
SCRIPT = """
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
    status.textContent = file.name + ' …';
    try {
      const headers = {'X-File-Name': encodeURIComponent(file.name), 'X-Window': windowName};
      const reply = await fetch('import', {method: 'POST', body: file, headers});
      status.textContent = reply.ok ? file.name : file.name + ': ' + await reply.text();
      if (!reply.ok) return;
      const box = document.querySelector('#import-window textarea, #import-window input');
      box.value = windowName;
      box.dispatchEvent(new Event('input', {bubbles: true}));
      setTimeout(() => document.querySelector('#import-read').click(), 50);
    } catch (error) {
      status.textContent = file.name + ': ' + error.message;
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
"""

# After arriving: the address no longer names the interview, so that "new interview" and a refresh mean what they say.
ARRIVED = """
(language) => {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  history.replaceState(null, '', location.pathname);
}
"""

REMEMBER_LANGUAGE = """
(language) => {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.cookie = 'lang=' + language + '; path=/; max-age=31536000; samesite=lax';
}
"""

SHOW_ENDING = "() => setTimeout(() => document.querySelector('#ending')?.scrollIntoView({block: 'center'}), 80)"
PROBES_OF_MODE = "(mode) => mode === 'interview'"

# Where there is nothing more to answer, the result is read from its top.
_ANSWER_OR_TOP = (
    "const box = document.querySelector('#answer textarea');"
    " if (box && box.offsetParent) box.focus(); else window.scrollTo(0, 0);"
)
FOCUS_ANSWER = f"() => setTimeout(() => {{ {_ANSWER_OR_TOP} }}, 60)"
# The card is read from its top; only the keyboard goes to what comes next.
FOCUS_NEXT = (
    "() => setTimeout(() => { const next = document.querySelector('#next');"
    f" if (!next || !next.offsetParent) {{ {_ANSWER_OR_TOP} return; }}"
    " next.focus({preventScroll: true}); document.querySelector('#card')?.scrollIntoView({block: 'start'}); }, 60)"
)
