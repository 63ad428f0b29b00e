() => {
  // The time an answer takes, and its limit where the plan has one: a warning, then what stands in the box is sent.
  const stages = {};  // by interview and question: what was done about its limit so far
  const shown = seconds => Math.floor(seconds / 60) + ':' + String(Math.floor(seconds % 60)).padStart(2, '0');
  let clock = null, began = 0;
  setInterval(() => {
    const element = document.querySelector('#progress .clock');
    if (!element) return;
    const {seconds, limit, warnAt, warning, over} = element.dataset;
    const {interview, draft} = document.querySelector('#progress [data-draft]').dataset, key = interview + ' ' + draft;
    if (clock !== element) began = Date.now() - 1000 * seconds;  // drawn anew, with the server's time
    clock = element;
    const gone = (Date.now() - began) / 1000;
    // Changes the text in place: nothing else on the page is to be drawn because a second has gone by.
    element.firstChild.data = shown(gone) + (limit && ' / ' + shown(limit));
    if (!limit) return;
    const said = document.querySelector('#progress .clock-said');
    // Whoever comes back when the time is over is not cut off in the middle of a draft.
    stages[key] ??= gone >= limit ? 'over' : 'running';
    if (stages[key] === 'running' && gone >= limit) {
      stages[key] = 'over';
      // What is being said is not cut off either: it is added to the box, and sent by hand.
      const isSpeaking = document.querySelector('#voice [data-busy=yes]');
      if (!isSpeaking && document.querySelector('#answer textarea')?.value.trim()) document.querySelector('#send').click();
    }
    const words = stages[key] === 'over' ? over : gone >= limit - warnAt ? warning : '';
    if (said.textContent !== words) said.textContent = words;
  }, 500);
}
