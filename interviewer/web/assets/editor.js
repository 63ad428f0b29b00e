() => {
  // The bank that is being edited: its text as it was read, its questions as they stand in the form, the ids in order.
  let bank = null;
  const here = selector => document.querySelector('#editor ' + selector);
  const send = async what => {
    const body = JSON.stringify({language: pageLanguage(), ...what});
    const reply = await fetch('editor', {method: 'POST', headers: {'Content-Type': 'application/json'}, body});
    if (!reply.ok) throw new Error(String(reply.status));
    return reply.json();
  };
  // One request after the other: the next one speaks of what the one before has changed.
  let queue = Promise.resolve();
  const ask = (what, then) => queue = queue.then(async () => {
    try {
      const reply = await send(what());
      if (reply.told !== undefined) tell(reply.told);
      if (reply.faults) await showFaults(reply.faults);
      else if (reply.saved || reply.told === undefined) await then?.(reply);
    } catch (error) {
      const told = document.querySelector('#import-drop')?.dataset.notSent ?? String(error);
      const place = here('#import-saved') ?? document.querySelector('#import-status');
      if (place) place.textContent = told;
    }
  });
  const tell = html => {
    const place = here('#import-saved') ?? document.querySelector('#own-banks');
    place.innerHTML = html;
  };

  const get = (value, path) => path.split('.').reduce((at, key) => at?.[key], value);
  const set = (value, path, text) => {
    const keys = path.split('.'), last = keys.pop();
    const at = keys.reduce((at, key) => at[key] ??= {}, value);
    at[last] = text;
  };
  const written = (name, value) => name.endsWith('.aliases') ? (value ?? []).map(group => group.join('\n')).join('\n\n')
    : /^groups\.\d+\.weight$/.test(name) && !value ? '' : String(value ?? '');
  const read = (name, text) => name.endsWith('.aliases')
    ? text.split(/\n\s*\n/).map(group => group.split('\n').map(term => term.trim()).filter(Boolean)).filter(group => group.length) : text;

  const rows = () => [...document.querySelectorAll('#editor .editor-questions > li')];
  const row = id => rows().find(one => one.dataset.question === id);
  const order = () => rows().map(one => one.dataset.question);
  const edits = () => ({title: bank.title, policy: bank.policy, order: order(), changed: [...bank.changed].filter(id => row(id)).map(id => bank.questions[id])});
  const touch = id => {
    if (id) { bank.changed.add(id); delete bank.checked[id]; }
    bank.isEdited = true;
    const yaml = here('.as-yaml');
    if (yaml?.open && bank.typed === null) yaml.open = false;  // it would show what is no longer so
  };

  const show = reply => {
    const questions = Object.fromEntries(reply.questions.map(one => [one.id, one]));
    bank = {...reply, questions, changed: new Set(), checked: reply.checked ?? {}, isEdited: false, typed: null, language: pageLanguage(), html: undefined};
    document.querySelector('#editor').innerHTML = reply.html;
    document.querySelectorAll('#editor [data-title]').forEach(field => { field.value = bank.title[field.dataset.title]; });
    document.querySelectorAll('#editor [data-policy]').forEach(field => { field.value = bank.policy[field.dataset.policy] ?? ''; });
    tag();
    if (!reply.checked) ask(() => ({do: 'check', text: bank.text}), told => { bank.checked = told.checked; tag(); });
  };
  const tag = () => rows().forEach(one => {
    const tag = one.querySelector('.to-look-at');
    if (bank.checked[one.dataset.question]?.length) tag.hidden = false;
  });
  const fill = one => {
    const question = bank.questions[one.dataset.question];
    bank.bank.topics[question.topic] ??= question.topic;
    one.querySelectorAll('[data-topics]').forEach(list => list.replaceChildren(...Object.entries(bank.bank.topics).map(([id, title]) => new Option(title, id)), new Option(list.dataset.new, '')));
    one.querySelectorAll('[name]').forEach(field => { field.value = written(field.name, get(question, field.name)); });
  };
  // Each remark at the nearest place that has room for one.
  const remark = (one, remarks) => {
    const lists = [...one.querySelectorAll('.remarks')];
    lists.forEach(list => list.replaceChildren());
    one.querySelectorAll('[aria-invalid]').forEach(field => field.removeAttribute('aria-invalid'));
    for (const said of remarks) {
      const fits = list => list.dataset.at === '' || said.at === list.dataset.at || said.at.startsWith(list.dataset.at + '.');
      const place = lists.filter(fits).sort((a, b) => b.dataset.at.length - a.dataset.at.length)[0];
      const line = document.createElement('li');
      line.textContent = said.text;
      if (said.fault) line.className = 'fault';
      place?.append(line);
      if (said.fault) one.querySelectorAll('[name]').forEach(field => {
        if (said.at && (field.name === said.at || field.name.startsWith(said.at + '.'))) field.setAttribute('aria-invalid', 'true');
      });
    }
    one.querySelector('.to-look-at').hidden = !remarks.length;
  };
  const replaceRows = (olds, shown) => {
    const at = olds[0], made = shown.map(one => {
      const box = document.createElement('template');
      box.innerHTML = one.html;
      const fresh = box.content.querySelector('li');
      bank.questions[one.question.id] = one.question;
      at.before(fresh);
      fill(fresh);
      const known = bank.checked[one.question.id];
      remark(fresh, known && !bank.changed.has(one.question.id) ? known : one.remarks);
      return fresh;
    });
    const trial = at.querySelector('.trial-answer'), kept = made[0]?.querySelector('.trial-answer');
    if (trial && kept) kept.value = trial.value;
    olds.forEach(one => one.remove());
    return made;
  };
  const on = one => ({bank: bank.bank, questions: [bank.questions[one.dataset.question]]});
  const openRow = one => new Promise(done => {
    if (one.querySelector('.question-form')) return done(one);
    ask(() => ({do: 'change', what: 'show', ...on(one)}), reply => done(replaceRows([one], reply.questions)[0]));
  });
  const change = (one, what, more, focus) => {
    const both = what === 'merge_questions' ? [one, one.nextElementSibling].filter(Boolean) : [one];
    const questions = () => both.map(each => bank.questions[each.dataset.question]);
    ask(() => ({do: 'change', what, bank: bank.bank, questions: questions(), taken: order(), ...more}), reply => {
      const wasOpen = one.querySelector('details').open, made = replaceRows(both, reply.questions);
      made[0].querySelector('details').open = wasOpen;
      reply.questions.forEach(each => touch(each.question.id));
      focus?.(made)?.focus();
    });
  };
  const look = one => {
    ask(() => ({do: 'look', ...on(one)}), reply => one.isConnected && remark(one, reply.remarks));
    const card = one.querySelector('.trial-card');
    if (card.childElementCount && !card.dataset.byModel) tryAnswer(one, false);
  };
  const tryAnswer = (one, byModel) => {
    const place = one.querySelector('.trial-card');
    place.setAttribute('aria-busy', 'true');
    place.dataset.byModel = byModel ? 'yes' : '';
    if (byModel) place.textContent = '…';
    ask(() => ({do: 'try', ...on(one), answer: one.querySelector('.trial-answer').value, by_model: byModel}), reply => { place.innerHTML = reply.card; })
      .then(() => { place.removeAttribute('aria-busy'); if (place.textContent === '…') place.textContent = ''; });
  };
  const showFaults = async faults => {
    for (const id of new Set(faults.map(one => one.question))) {
      const found = row(id);
      if (!found) continue;
      const remarks = faults.filter(one => one.question === id);
      if (found.querySelector('.question-form')) { found.querySelector('details').open = true; remark(found, remarks); }
      else {
        const reply = await send({do: 'change', what: 'show', ...on(found)}).catch(() => ({}));
        if (reply.questions) remark(replaceRows([found], reply.questions)[0], remarks);
      }
    }
    here('[aria-invalid]')?.focus();
  };

  document.addEventListener('input', event => {
    const field = event.target;
    if (!bank || !field.closest?.('#editor')) return;
    if (field.id === 'import-audience') bank.isEdited = true;
    else if (field.id === 'import-yaml') { bank.typed = field.value; bank.isEdited = true; }
    else if (field.dataset.title) {
      const save = here('#import-save');
      bank.title[field.dataset.title] = field.value;
      save.textContent = save.dataset.named.replace('*', () => field.value);
      touch();
    }
    else if (field.dataset.policy) { bank.policy[field.dataset.policy] = field.value; touch(); }
    else if (field.matches('[data-topics]') && !field.value) {
      // A new topic is written where the known ones are chosen.
      const box = document.createElement('input');
      box.name = 'topic';
      field.replaceWith(box);
      box.focus();
    } else if (field.name) {
      const id = field.closest('li[data-question]').dataset.question;
      set(bank.questions[id], field.name, read(field.name, field.value));
      touch(id);
    }
  });
  document.addEventListener('change', event => {
    const field = event.target, one = field.closest?.('#editor li[data-question]');
    if (field.id === 'import-yaml') readTyped();
    else if (one && /\.(kind|group)$/.test(field.name)) change(one, 'show', {}, made => made[0].querySelector(`[name="${field.name}"]`));
    else if (one && field.name) look(one);
  });
  document.addEventListener('toggle', event => {
    const fold = event.target;
    if (!bank || !fold.open || !fold.closest?.('#editor')) return;
    if (fold.matches('.question')) openRow(fold.closest('li'));
    else if (bank.typed !== null) here('#import-yaml').value = bank.typed;
    else if (fold.matches('.as-yaml')) ask(() => ({do: 'write', text: bank.text, edits: edits()}), reply => { here('#import-yaml').value = reply.text; });
  }, true);
  const readTyped = () => ask(() => ({do: 'open_text', text: bank.typed ?? bank.text}), reply => {
    const {base} = bank, chosen = audience();
    show({...reply, base});
    setAudience(chosen);
    bank.isEdited = true;
    here('.as-yaml').open = true;
  });
  const audience = () => here('#import-audience')?.value ?? '';
  const save = () => ask(() => ({do: 'save', audience: audience(), text: bank.typed ?? bank.text, base: bank.base, edits: bank.typed === null ? edits() : null}), reply => {
    Object.assign(bank, {text: reply.text, base: reply.base, isEdited: false, typed: null, saved: reply.saved});
    bank.changed.clear();
    here('#import-play').hidden = false;
    if (here('.as-yaml').open) here('#import-yaml').value = reply.text;
    listBanks();
  });
  const setAudience = chosen => { if (here('#import-audience')) here('#import-audience').value = chosen; };
  const first = place => ([made]) => made.querySelectorAll('.criterion')[place]?.querySelector('textarea');
  document.addEventListener('click', event => {
    const button = event.target.closest?.('button');
    if (!button) return;
    if (button.matches('.stop-task')) { button.disabled = true; send({do: 'stop', window: windowName(), task: button.dataset.task}); }
    else if (button.dataset.open && (!bank?.isEdited || isSure(button))) ask(() => ({do: 'open_bank', bank: button.dataset.open}), reply => { show(reply); here('h2').scrollIntoView(); here('[data-title]').focus({preventScroll: true}); });
    else if (button.closest('.take-over')) openImport(button.closest('[data-draft]').dataset.draft);
    if (!button.closest('#editor')) return;
    const one = button.closest('li[data-question]'), what = button.dataset.change, place = Number(button.dataset.place);
    if (button.id === 'import-save') save();
    else if (button.id === 'import-play') play();
    else if (button.matches('.add-question')) change(rows().at(-1), 'add_question', {}, made => made[1].querySelector('textarea'));
    else if (button.matches('.try')) tryAnswer(one, button.matches('.by-model'));
    else if (button.matches('.move-question')) {
      const other = button.dataset.by === '1' ? one.nextElementSibling : one.previousElementSibling;
      if (!other) return;
      button.dataset.by === '1' ? other.after(one) : other.before(one);
      touch();
      button.focus();
    } else if (button.matches('.remove-question')) {
      if (!isSure(button)) return;
      const next = one.nextElementSibling ?? one.previousElementSibling;
      one.remove();
      touch();
      next?.querySelector('summary').focus();
    } else if (what === 'remove_criterion') { if (isSure(button)) change(one, what, {place}, first(Math.max(0, place - 1))); }
    else if (what === 'move_criterion') {
      const by = Number(button.dataset.by);
      const again = ([made]) => { const moved = made.querySelectorAll('.criterion')[place + by]; return moved.querySelector(`[data-by="${by}"][data-change=move_criterion]`) ?? moved.querySelector('textarea'); };
      change(one, what, {place, by}, again);
    } else if (what === 'split_criterion') change(one, what, {place, at: cursor(one, `criteria.${place}.text`)}, first(place + 1));
    else if (what === 'split_question') change(one, what, {at: cursor(one, 'reference')}, made => made[1].querySelector('textarea'));
    else if (what === 'add_question') change(one, what, {}, made => made[1].querySelector('textarea'));
    else if (what === 'add_criterion') change(one, what, {}, ([made]) => [...made.querySelectorAll('.criterion')].at(-1).querySelector('textarea'));
    else if (what) change(one, what, {place}, first(place));
  });
  const cursor = (one, path) => one.querySelector(`[name="${path}.${bank.bank.language}"]`)?.selectionStart ?? 0;
  document.addEventListener('keydown', event => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target.matches?.('.trial-answer')) tryAnswer(event.target.closest('li[data-question]'), false);
    if (event.key === 's' && (event.ctrlKey || event.metaKey) && event.target.closest?.('#editor')) { event.preventDefault(); event.target.blur(); save(); }
  });
  for (const leaving of ['beforeunload', 'before-reload'])
    window.addEventListener(leaving, event => { if (bank?.isEdited) event.preventDefault(); });

  const windowName = () => document.documentElement.dataset.window ?? '';
  const play = () => typeInto(document.querySelector('#import-bank :is(textarea, input)'), bank.saved, '#import-play-bank');
  const listBanks = () => ask(() => ({do: 'banks'}), reply => { document.querySelector('#own-banks').innerHTML = reply.html; });
  const openImport = draft => ask(() => ({do: 'open_import', draft}), show);
  // What a file has become is opened at once, unless something is edited here that is not saved.
  let opened = '', listed = '', told = '';
  const tidy = () => {
    const found = document.querySelector('#import-found [data-draft]'), list = document.querySelector('#own-banks');
    if (found && found.dataset.draft !== opened) {
      opened = found.dataset.draft;
      if (bank?.isEdited) found.querySelector('.take-over').hidden = false;
      else openImport(opened);
    }
    const deleted = document.querySelector('#banks-told')?.textContent ?? '';
    if (list && (listed !== pageLanguage() || told !== deleted)) { listed = pageLanguage(); told = deleted; listBanks(); }
    if (bank && bank.language !== pageLanguage() && document.querySelector('#editor')) redraw();
  };
  // The page has changed its language: everything is drawn anew, and nothing that was typed is lost.
  const redraw = () => {
    bank.language = pageLanguage();
    const {text, base, title, policy, questions, changed, isEdited, typed, saved} = bank, kept = order(), chosen = audience();
    ask(() => ({do: 'open_text', text}), reply => {
      show({...reply, base, title, policy});
      setAudience(chosen);
      Object.assign(bank, {changed, isEdited, typed, saved});
      Object.assign(bank.questions, Object.fromEntries([...changed].map(id => [id, questions[id]])));
      const list = here('.editor-questions');
      for (const id of kept) {
        const found = row(id) ?? rows()[0].cloneNode(true);
        found.dataset.question = id;
        if (changed.has(id)) found.querySelector('summary').firstChild.textContent = Object.values(questions[id].text).find(text => text.trim()) + ' ';
        list.append(found);
      }
      rows().filter(one => !kept.includes(one.dataset.question)).forEach(one => one.remove());
      here('#import-play').hidden = !saved;
    });
  };
  keepTidy(tidy, {attributes: true, attributeFilter: ['lang']});
}
