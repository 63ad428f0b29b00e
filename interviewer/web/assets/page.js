() => {
  // Where the visitor's day begins; what is due today depends on it.
  document.cookie = 'zone=' + encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone) + '; path=/; max-age=31536000; samesite=lax';
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
    tidyCards();
    countSeconds();
    const spoken = document.documentElement.lang;
    document.querySelectorAll('time[datetime]').forEach(time => {
      if (time.dataset.local === spoken) return;
      time.dataset.local = spoken;
      const at = new Date(time.dateTime);
      if (!isNaN(at)) time.textContent = at.toLocaleString(spoken || undefined, {dateStyle: 'medium', timeStyle: 'short'});
    });
    restoreDraft();
    nameWindow();
  };
  // What is being typed is kept in the browser, by interview and question, until it is recorded: over leaving, closing
  // the tab, and days.
  const DRAFTS = 'drafts', MOST_DRAFTS = 20;
  const where = () => document.querySelector('#progress [data-draft]')?.dataset;
  const drafts = () => { try { return JSON.parse(localStorage.getItem(DRAFTS)) ?? {}; } catch { return {}; } };
  const keepDraft = text => {
    const here = where(), kept = drafts();
    if (!here) return;
    delete kept[here.interview];
    if (text.trim()) kept[here.interview] = {at: here.draft, text};
    const names = Object.keys(kept);
    names.slice(0, Math.max(0, names.length - MOST_DRAFTS)).forEach(name => delete kept[name]);
    localStorage.setItem(DRAFTS, JSON.stringify(kept));
  };
  document.addEventListener('input', event => {
    const isOwn = event.isTrusted || event.detail === 'spoken';
    if (isOwn && event.target.closest?.('#answer')) keepDraft(event.target.value);
  });
  let restored = '', passed = null;
  document.addEventListener('click', event => {
    if (event.target.closest?.('#skip')) passed = {...where(), text: document.querySelector('#answer textarea').value};
  }, true);
  const restoreDraft = () => {
    const here = where(), box = document.querySelector('#answer textarea');
    if (!here) return;
    const draft = drafts()[here.interview];
    if (draft && draft.at !== here.draft) keepDraft('');  // it is recorded, or its question was passed
    if (!box || restored === here.interview + ' ' + here.draft) return;
    restored = here.interview + ' ' + here.draft;
    const isBack = passed?.interview === here.interview && passed.draft === here.draft;
    const text = draft?.at === here.draft ? draft.text : isBack ? passed.text : '';
    if (!text || box.value) return;
    typeInto(box, text);
  };
  // Ctrl+Enter or ⌘+Enter sends; where fingers type, Enter breaks the line. Single keys work outside of text fields.
  const KEYS = {h: '#hint', n: '#next', r: '#retry'};
  window.addEventListener('keydown', event => {
    const box = event.target.closest?.('#answer textarea');
    if (box && event.key === 'Enter' && (event.ctrlKey || event.metaKey)) document.querySelector('#send').click();
    else if (!event.target.matches?.('input, textarea, select') && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const button = document.querySelector(KEYS[event.key] ?? '#no-such-key');
      if (!button?.offsetParent || button.disabled) return;
      button.click();
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  // Gradio sends on this event, so it does not hear of it where fingers type.
  window.addEventListener('keypress', event => {
    const breaks = event.key === 'Enter' && event.target.closest?.('#answer textarea') && matchMedia('(pointer: coarse)').matches;
    if (breaks) event.stopImmediatePropagation();
  }, true);
  // What was unfolded stays unfolded when a grade comes in and the report is drawn anew.
  const unfolded = new Set();
  document.addEventListener('toggle', event => {
    const key = event.target.dataset?.key;
    if (key && event.target.isConnected) event.target.open ? unfolded.add(key) : unfolded.delete(key);
  }, true);
  // The last answer to a question is asked for when it is unfolded, and anew each time.
  document.addEventListener('toggle', async event => {
    const fold = event.target;
    if (!fold.matches?.('.last-answer') || !fold.open) return;
    const reply = await fetch(`last-answer/${fold.dataset.question}?lang=${pageLanguage()}`).catch(() => null);
    const html = await reply?.text().catch(() => '');
    if (html) fold.querySelector('div').innerHTML = html; else fold.querySelector('div').textContent = fold.dataset.failed;
  }, true);
  // Each window reads its own files.
  const windowName = document.documentElement.dataset.window = String(Math.random()).slice(2);
  const nameWindow = () => {
    for (const box of document.querySelectorAll(':is(#import-window, #job-window) :is(textarea, input)')) {
      if (box.value !== windowName) typeInto(box, windowName);
    }
  };
  // A file goes to the server as it is; then the hidden button asks what was found in it.
  const send = async (file, part = '') => {
    const status = document.querySelector(part ? '#job-status' : '#import-status');
    const told = part ? status.dataset : document.querySelector('#import-drop').dataset;
    status.textContent = file.name + ' …';
    try {
      const headers = {'X-File-Name': encodeURIComponent(file.name), 'X-Window': part ? windowName + '.' + part : windowName};
      const reply = await fetch('import', {method: 'POST', body: file, headers});
      status.textContent = file.name;
      if (!reply.ok) status.textContent += ': ' + (reply.status === 413 ? told.tooLarge : told.notSent);
      if (!reply.ok) return;
      nameWindow();
      setTimeout(() => document.querySelector(part ? '#job-read' : '#import-read').click(), 50);
    } catch {
      status.textContent = file.name + ': ' + told.notSent;
    }
  };
  document.addEventListener('change', event => {
    if (event.target.id === 'import-file' && event.target.files.length) {
      send(event.target.files[0]);
      event.target.value = '';
    } else if (event.target.matches('.job-file') && event.target.files.length) {
      send(event.target.files[0], event.target.dataset.part);
      event.target.value = '';
    }
  });
  for (const kind of ['dragover', 'drop']) document.addEventListener(kind, event => {
    if (!event.target.closest?.('#import-drop')) return;
    event.preventDefault();
    if (kind === 'drop' && event.dataTransfer.files.length) send(event.dataTransfer.files[0]);
  });
  // The buttons on a card. What they ask for is sent in one list: a finger can be quicker than a request. What is pressed
  // on the tab Classes goes a way of its own.
  const asked = {}, sending = {};
  const ask = (what, from) => {
    const way = from?.closest('#class-page') ? '#class-ask' : '#ask';
    (asked[way] ??= []).push(what);
    sending[way] ??= setTimeout(() => {
      sending[way] = null;
      typeInto(document.querySelector(`${way}ed :is(textarea, input)`), JSON.stringify(asked[way]), way);
      asked[way] = [];
    }, 150);
  };
  document.addEventListener('submit', event => {
    const form = event.target.closest?.('form[data-do]'), button = event.submitter;
    if (!form) return;
    event.preventDefault();
    if (form.dataset.sure && !isSure(button, form.dataset.sure)) return;
    const fields = new FormData(form, button), sent = {do: form.dataset.do};
    for (const name of fields.keys()) sent[name] = ['questions', 'tries'].includes(name) ? fields.getAll(name) : fields.get(name);
    ask(sent, form);
  });
  const about = element => ({question: element.dataset.question, attempt: Number(element.dataset.attempt)});
  const press = (button, group) => group.querySelectorAll('[data-level]').forEach(one => one.setAttribute('aria-pressed', String(one === button)));
  let lastRow = null;
  const rule = button => {
    const group = button.closest('.ruling');
    press(button, group);
    if (button.closest('.self-marking')) return;
    lastRow = [group.dataset.question, group.dataset.attempt, group.dataset.criterion].join(' ');
    ask({do: 'rule', ...about(group), criterion: group.dataset.criterion, level: button.dataset.level}, button);
  };
  const showSheet = (card, shown) => {
    const sheet = card.querySelector('.self-marking'), other = card.querySelector('.mark-switch');
    card.classList.toggle('marking', shown);
    sheet.hidden = !shown;
    if (other.dataset.own === undefined) other.dataset.own = other.textContent;
    other.textContent = shown ? other.dataset.other : other.dataset.own;
  };
  const tidyCards = () => {
    document.querySelectorAll('.card:not([data-tidy])').forEach(card => {
      card.dataset.tidy = '';
      const sheet = card.querySelector('.self-marking');
      if (!sheet) return;
      const wanted = localStorage.getItem('self-marking') ?? sheet.dataset.preferred;
      if (sheet.dataset.marked === 'no' && wanted === 'yes' && !card.closest('.report')) {
        showSheet(card, true);
        setTimeout(() => sheet.querySelector('.sheet li')?.focus({preventScroll: true}), 100);
      }
    });
    if (lastRow && !document.querySelector('#card .waiting')) {
      const [question, attempt, criterion] = lastRow.split(' ');
      const group = document.querySelector(`.card .ledger .ruling[data-question="${question}"][data-attempt="${attempt}"][data-criterion="${criterion}"]`);
      if (group && document.activeElement === document.body) group.closest('li').focus({preventScroll: true});
    }
  };
  // The seconds that a model is at work are counted here, by the server's clock.
  const countSeconds = () => {
    const clock = document.querySelector('[data-now]');
    if (clock && !clock.dataset.ahead) {
      const ahead = Date.now() / 1000 - Number(clock.dataset.now);
      clock.dataset.ahead = String(Math.abs(ahead) < 5 ? 0 : ahead);  // so much may the loading of the page have taken
    }
    document.querySelectorAll('[data-since]').forEach(line => {
      const passed = Date.now() / 1000 - Number(clock?.dataset.ahead ?? 0) - Number(line.dataset.since);
      const text = line.dataset.line.replace('#', String(Math.max(0, Math.floor(passed))));
      if (line.textContent !== text) line.textContent = text;
    });
  };
  setInterval(countSeconds, 250);
  document.addEventListener('click', event => {
    const button = event.target.closest?.('button');
    if (!button) return;
    if (button.matches('.ruling [data-level]')) rule(button);
    else if (button.matches('.ruled .undo')) ask({do: 'rule', ...about(button), criterion: button.dataset.criterion, level: null}, button);
    else if (button.matches('[data-where]')) ask({do: 'open', where: button.dataset.where}, button);
    else if (button.matches('.begin-assignment')) ask({do: 'begin_assignment', assignment: button.dataset.assignment});
    else if (button.matches('.leave-class')) {
      if (isSure(button)) ask({do: 'leave_class', classroom: button.dataset.classroom});
    }
    else if (button.matches('.bookmark')) {
      const set = button.getAttribute('aria-pressed') !== 'true', name = button.dataset.question;
      document.querySelectorAll('.bookmark').forEach(one => one.dataset.question === name && one.setAttribute('aria-pressed', String(set)));
      ask({do: 'note', question: name, is_bookmarked: set});
    } else if (button.matches('.practise')) ask({do: 'practise', questions: button.dataset.question.split(' ')});
    else if (button.matches('.practise-ticked')) {
      const ticked = [...document.querySelectorAll('.questions input:checked')].map(box => box.value);
      if (ticked.length) ask({do: 'practise', questions: ticked});
    } else if (button.matches('.interviews .delete, #own-banks .delete')) {
      const {bank, interview} = button.dataset;
      if (isSure(button)) ask(bank ? {do: 'delete_bank', bank} : {do: 'delete', interview});
    } else if (button.matches('.interviews .rename')) {
      const box = document.createElement('input');
      box.className = 'new-title';
      box.maxLength = 200;
      box.setAttribute('aria-label', button.dataset.sure);
      box.placeholder = button.dataset.sure;
      box.dataset.interview = button.dataset.interview;
      button.replaceWith(box);
      box.focus();
    } else if (button.matches('.put-back')) {
      const {bank, interview} = button.dataset;
      ask(bank ? {do: 'put_back_bank', bank} : {do: 'put_back', interview});
    }
    else if (button.matches('.review-drafts')) document.querySelector('#job-review').click();
    else if (button.id === 'keep-goal') ask({do: 'goal', exam_on: document.querySelector('#exam-on').value || null, daily_cap: Number(document.querySelector('#daily-cap').value)});
    else if (button.matches('.stop-model')) ask({do: button.dataset.stop});
    else if (button.matches('.second-opinion')) ask({do: 'second_opinion', ...about(button)});
    else if (button.matches('.mark-switch')) {
      const card = button.closest('.card'), shown = !card.classList.contains('marking');
      localStorage.setItem('self-marking', shown ? 'yes' : 'no');
      showSheet(card, shown);
    } else if (button.matches('.self-marked')) {
      const levels = {};
      button.closest('.self-marking').querySelectorAll('.ruling').forEach(group => {
        const chosen = group.querySelector('[aria-pressed="true"]');
        if (chosen) levels[group.dataset.criterion] = chosen.dataset.level;
      });
      ask({do: 'self_mark', ...about(button), levels});
      setTimeout(() => document.querySelector('#next')?.focus({preventScroll: true}), 1200);
    }
  });
  // A note is kept a moment after the last letter, and at once when its box is left.
  const notes = new Map();
  const keepNote = box => {
    const name = box.dataset.question;
    if (!notes.has(name)) return;
    clearTimeout(notes.get(name));
    notes.delete(name);
    ask({do: 'note', question: name, note: box.value});
  };
  document.addEventListener('input', event => {
    const box = event.target;
    if (!box.matches?.('.note-text')) return;
    clearTimeout(notes.get(box.dataset.question));
    notes.set(box.dataset.question, setTimeout(() => keepNote(box), 800));
  });
  document.addEventListener('change', event => {
    const note = event.target;
    if (note.matches?.('.note-text')) keepNote(note);
    if (note.matches?.('.new-title')) ask({do: 'rename', interview: note.dataset.interview, title: note.value});
    if (note.matches?.('.ruling-note')) ask({do: 'rule', ...about(note), criterion: note.dataset.criterion, level: note.dataset.level, note: note.value}, note);
  });
  // On a row of points: 1 to 4 choose a level, up and down go to the next row.
  document.addEventListener('keydown', event => {
    const row = event.target.closest?.('li[data-criterion]');
    if (!row || event.target.matches('input, textarea') || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = [...row.parentElement.children], at = rows.indexOf(row);
    const go = to => (rows[to] ?? row.closest('.self-marking')?.querySelector('.self-marked'))?.focus();
    const button = row.querySelectorAll('.ruling [data-level]')[Number(event.key) - 1];
    if (button) {
      rule(button);
      if (row.closest('.self-marking')) go(at + 1);
    } else if (event.key === 'ArrowDown') go(at + 1);
    else if (event.key === 'ArrowUp') rows[at - 1]?.focus();
    else return;
    event.preventDefault();
  });
  // A page that waits for a grade asks for it again and again. If it no longer does, a reply was lost on the way, and
  // nothing would ever move again: it is loaded anew, when the server can be reached.
  const SILENT_MS = 15000;
  let askedAt = performance.now();
  new PerformanceObserver(() => { askedAt = performance.now(); }).observe({type: 'resource'});
  setInterval(async () => {
    const waits = document.querySelector('#card .waiting')?.offsetParent || !document.querySelector('main [role=tabpanel]');
    if (!waits || document.hidden || performance.now() - askedAt < SILENT_MS) return;
    askedAt = performance.now();
    if (!window.dispatchEvent(new Event('before-reload', {cancelable: true}))) return;
    if ((await fetch(location.href).catch(() => null))?.ok) location.reload();
  }, 1000);
  // What an event could not do is said until the same event succeeds: of those outside its queue Gradio shows no errors.
  // A session that has ended is no such error: loaded anew, the page asks to sign in, and then what was typed as an
  // answer is in its box again. Whatever else is being written is not given up for it.
  let failing;
  const failed = (text, event) => {
    const told = document.getElementById('failed') ?? document.body.appendChild(document.createElement('p'));
    if (!text && event !== failing) return;
    failing = event;
    if (told.textContent !== text) Object.assign(told, {id: 'failed', textContent: text});
    told.setAttribute('role', 'alert');
    told.hidden = !text;
  };
  const isWriting = () => [...document.querySelectorAll('textarea')].some(
    box => box.offsetParent && box.value.trim() && !box.closest('#answer'));
  const reasonOf = async reply => {
    const text = await reply.clone().text().catch(() => '');
    try {
      const told = JSON.parse(text);
      return told.error || told.detail || `${reply.status}`;
    } catch {
      return text.length < 200 && text || `${reply.status}`;
    }
  };
  const eventOf = request => { try { return JSON.parse(request.body).fn_index; } catch { return undefined; } };
  const asks = window.fetch;
  window.fetch = async (...what) => {
    const reply = await asks(...what);
    const isEvent = String(what[0]?.url ?? what[0]).includes('/gradio_api/run/');
    if (reply.status === 401) {
      const mayLeave = !isWriting() && window.dispatchEvent(new Event('before-reload', {cancelable: true}));
      if (mayLeave) location.reload();
      else failed(await reasonOf(reply), eventOf(what[1]));
    } else if (isEvent) failed(reply.ok ? '' : await reasonOf(reply), eventOf(what[1]));
    return reply;
  };
  keepTidy(tidy, {attributes: true, attributeFilter: ['lang']});
}
