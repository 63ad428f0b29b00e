() => {
  // Speaking an answer: press to begin, press to end; what was said is written down, added to the answer box and edited
  // there. A recording stays in this window's memory until it is written down or dropped.
  const SAMPLE_MS = 100, LOUD = 0.01, LOUD_SAMPLES = 3, PAUSE_SAMPLES = 20;
  const FORMATS = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];
  const find = selector => document.querySelector(selector);
  const words = () => find('#voice .voice')?.dataset ?? {};
  const answerBox = () => find('#answer textarea');
  const where = () => find('#progress [data-draft]')?.dataset;
  const here = () => where() && where().interview + ' ' + where().draft;
  const clock = since => { const s = Math.floor((Date.now() - since) / 1000); return Math.floor(s / 60) + ':' + String(s % 60).padStart(2, '0'); };
  let recorder = null, isStarting = false, began = 0, writingSince = 0, message = '', chosen = '';
  const waiting = [];

  // Whether anything is loud enough to be speech, and how often it paused; where nobody can tell, it is taken for speech.
  const measure = stream => {
    const context = new AudioContext(), analyser = context.createAnalyser();
    analyser.fftSize = 4096;
    context.createMediaStreamSource(stream).connect(analyser);
    const wave = new Float32Array(analyser.fftSize), meter = {loud: 0, pauses: 0};
    let quiet = 0;
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(wave);
      const isLoud = context.state !== 'running' || Math.sqrt(wave.reduce((sum, x) => sum + x * x, 0) / wave.length) > LOUD;
      if (isLoud) {
        if (meter.loud && quiet >= PAUSE_SAMPLES) meter.pauses += 1;
        meter.loud += 1;
      }
      quiet = isLoud ? 0 : quiet + 1;
    }, SAMPLE_MS);
    meter.close = () => { clearInterval(timer); context.close(); };
    return meter;
  };
  const record = async () => {
    message = '';
    if (!navigator.mediaDevices || !window.MediaRecorder) { message = words().insecure; return; }
    const stream = await navigator.mediaDevices.getUserMedia({audio: true}).catch(error => {
      message = error.name === 'NotFoundError' ? words().noMicrophone : words().denied;
    });
    if (!stream) return;
    const type = FORMATS.find(format => MediaRecorder.isTypeSupported(format));
    const meter = measure(stream), parts = [], at = here(), interview = where()?.interview, since = Date.now();
    const language = find('#spoken-language')?.value ?? '';
    recorder = new MediaRecorder(stream, {mimeType: type, audioBitsPerSecond: 32000});
    recorder.addEventListener('dataavailable', event => parts.push(event.data));
    recorder.addEventListener('stop', () => {  // also where the microphone was pulled out
      stream.getTracks().forEach(track => track.stop());
      meter.close();
      recorder = null;
      const seconds = (Date.now() - since) / 1000, blob = new Blob(parts, {type: type.split(';')[0]});
      if (meter.loud < LOUD_SAMPLES) message = words().silent;
      else waiting.push({blob, at, interview, language, seconds, pauses: meter.pauses});
      write();
    });
    recorder.start(1000);
    began = since;
  };
  const write = async () => {
    if (writingSince) return;
    while (waiting.length) {
      const next = waiting[0];
      writingSince = Date.now();
      message = await transcribed(next) ?? words().notSent;
      if (next.text === undefined) break;
      waiting.shift();
      if (next.text && next.at === here()) add(next);
      else message = next.text ? words().movedOn + ' ' + next.text : words().silent;
    }
    writingSince = 0;
    draw();
  };
  // The text comes into the recording; what is given back is what there is to say.
  const transcribed = async recording => {
    const {blob, interview, language} = recording;
    const headers = {'Content-Type': blob.type, 'X-Interview': interview, 'X-Language': language};
    try {
      const reply = await fetch('transcribe', {method: 'POST', body: blob, headers});
      if (reply.status === 413) return words().tooLarge;
      const told = await reply.json();
      if (reply.ok) recording.text = told.text;
      return told.error ? told.error + ' ' + words().kept : '';
    } catch {
      return words().notSent;
    }
  };
  const add = ({text, seconds, pauses}) => {
    const box = answerBox(), before = box.value.trimEnd();
    box.value = before ? before + ' ' + text : text;
    box.dispatchEvent(new CustomEvent('input', {bubbles: true, detail: 'spoken'}));
    box.focus();
    const said = spoken() ?? {text: '', seconds: 0, pauses: 0};
    keepSpoken({at: here(), text: (said.text + ' ' + text).trim(), seconds: said.seconds + seconds, pauses: said.pauses + pauses});
  };

  // What was said for the open question, before it was edited: it goes along with the answer, also after a reload.
  const spoken = () => {
    try { const said = JSON.parse(sessionStorage.getItem('spoken')); return said?.at === here() ? said : null; } catch { return null; }
  };
  const keepSpoken = said => { said ? sessionStorage.setItem('spoken', JSON.stringify(said)) : sessionStorage.removeItem('spoken'); draw(); };
  document.addEventListener('input', event => {
    if (event.isTrusted && event.target === answerBox() && !event.target.value.trim()) keepSpoken(null);
  });

  const isBusy = () => recorder || isStarting || waiting.length;
  const put = (element, name, value) => { if (element && element[name] !== value) element[name] = value; };
  const draw = () => {
    const button = find('#record'), said = spoken(), box = find('#spoken textarea, #spoken input'), select = find('#spoken-language');
    if (button) {
      put(button, 'ariaPressed', String(Boolean(recorder)));
      put(button, 'textContent', recorder ? words().stop : words().record);
    }
    put(find('#record-again'), 'hidden', !waiting.length || Boolean(writingSince));
    put(find('#record-drop'), 'hidden', !waiting.length || Boolean(writingSince));
    put(find('#voice-status'), 'textContent', recorder ? '● ' + clock(began) : writingSince ? words().writing + ' ' + clock(writingSince) : message);
    if (find('#voice .voice')) words().busy = isBusy() ? 'yes' : '';
    put(select, 'value', chosen || where()?.language);
    const wanted = said ? JSON.stringify({text: said.text, seconds: said.seconds, pauses: said.pauses}) : '';
    if (!box || box.value === wanted) return;
    typeInto(box, wanted);
  };
  setInterval(draw, 250);
  document.addEventListener('change', event => { if (event.target.id === 'spoken-language') chosen = event.target.value; });
  document.addEventListener('click', async event => {
    const button = event.target.closest?.('button');
    if (button?.id === 'record') {
      if (recorder) recorder.stop();
      else if (!isStarting) {
        isStarting = true;
        await record().catch(() => { message = words().insecure; });
        isStarting = false;
      }
    } else if (button?.id === 'record-again') write();
    else if (button?.id === 'record-drop') { waiting.length = 0; message = ''; }
    else if (button?.matches('.hear')) hear(button);
    else return;
    draw();
  });
  // Who sends while the recording runs would leave out what they are saying.
  const holdBack = event => {
    const isSending = event.type === 'click' ? event.target.closest?.('#send') : event.key === 'Enter' && !event.shiftKey && event.target === answerBox();
    if (!recorder || !isSending) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    message = words().first;
    recorder.stop();
  };
  for (const kind of ['click', 'keypress']) window.addEventListener(kind, holdBack, true);
  for (const kind of ['beforeunload', 'before-reload']) window.addEventListener(kind, event => { if (isBusy()) event.preventDefault(); });

  // Hearing a question: by the server's voice, else by one of the browser's that speaks the language.
  let playing = null;
  const own = language => window.speechSynthesis?.getVoices().find(voice => voice.lang.toLowerCase().startsWith(language));
  const hidden = document.head.appendChild(document.createElement('style'));
  const offer = () => {
    const silent = words().readsAloud ? [] : ['zh', 'en'].filter(language => !own(language));
    put(hidden, 'textContent', silent.map(language => `.hear[data-language="${language}"] { display: none; }`).join(' '));
  };
  setInterval(offer, 1000);
  offer();
  const quiet = () => { playing?.stop(); playing = null; };
  const hear = async button => {
    const {text, language, attempt, turn} = button.dataset, key = attempt + ' ' + turn, isOn = playing?.key === key;
    quiet();
    if (isOn) return;
    message = '';
    if (words().readsAloud) {
      const asked = {key, stop: () => {}};
      playing = asked;
      try {
        const body = JSON.stringify({interview: where()?.interview, attempt: Number(attempt), turn: Number(turn)});
        const reply = await fetch('read-aloud', {method: 'POST', body, headers: {'Content-Type': 'application/json'}});
        if (!reply.ok) throw new Error((await reply.json()).error);
        const source = URL.createObjectURL(await reply.blob()), sound = new Audio(source);
        sound.addEventListener('ended', quiet);
        if (playing !== asked) return;  // another button was pressed meanwhile
        playing.stop = () => { sound.pause(); URL.revokeObjectURL(source); };
        await sound.play();
        return;
      } catch (error) {
        playing = null;
        message = words().notRead + ' ' + error.message;
      }
    }
    const voice = own(language);
    if (!voice) return;
    const utterance = Object.assign(new SpeechSynthesisUtterance(text), {voice, lang: voice.lang});
    playing = {key, stop: () => speechSynthesis.cancel()};
    utterance.addEventListener('end', () => { playing = null; });
    speechSynthesis.speak(utterance);
  };
}
