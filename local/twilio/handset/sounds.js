// What is heard: tones of keys and of ringing, and what the line says, by its own sound or by a voice of the system.

const KEYS = {
  1: [697, 1209], 2: [697, 1336], 3: [697, 1477], 4: [770, 1209], 5: [770, 1336], 6: [770, 1477],
  7: [852, 1209], 8: [852, 1336], 9: [852, 1477], "*": [941, 1209], 0: [941, 1336], "#": [941, 1477],
}; // Hz, ITU-T Q.23
const KEY_S = 0.16;
const LOUD = 0.06;
const RINGBACK = { tones: [440, 480], on: 2, off: 4, after: 0.3 }; // as in North America, unless it is answered at once
const BUSY = { tones: [480, 620], on: 0.5, off: 0.5, times: 4 };
const QUIET = "quiet";

let context = null;
let again = null;
let ringing = null; // what sounds until `quiet`
let playing = null;
const queue = [];

export const voice = {
  get isOn() {
    return localStorage.getItem(QUIET) === null;
  },
  set isOn(on) {
    if (on) localStorage.removeItem(QUIET);
    else localStorage.setItem(QUIET, "yes");
    if (!on) silence();
  },
};

/** Play the tone of a key. */
export function key(pressed) {
  if (KEYS[pressed]) tones(KEYS[pressed], KEY_S);
}

/** Play a short beep, as before a recording. */
export function beep() {
  tones([1000], 0.35);
}

/** Let it ring at the far end until `quiet`. */
export function ringback() {
  repeat(RINGBACK);
}

/** Let this phone ring until `quiet`: two soft bells. */
export function ring() {
  quiet();
  const bell = () => [0, 0.24].forEach((after) => tones([784, 988], 0.2, after, 0.09));
  bell();
  again = setInterval(bell, 2400);
}

/** Say that nobody can be reached. */
export function busy() {
  repeat(BUSY);
}

/** Stop the ringing. */
export function quiet() {
  clearInterval(again);
  ringing?.disconnect();
  ringing = null;
  again = null;
}

function repeat({ tones: which, on, off, times = Infinity, after = 0 }) {
  quiet();
  let left = times;
  const once = () => {
    if (left-- > 0) ringing = tones(which, on, after);
    else quiet();
  };
  once();
  again = setInterval(once, (on + off) * 1000);
}

function tones(frequencies, seconds, after = 0, loud = LOUD) {
  if (!voice.isOn || !navigator.userActivation?.hasBeenActive) return null; // a page that nobody has touched is silent
  context ??= new AudioContext();
  const begins = context.currentTime + after;
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setTargetAtTime(loud, begins, 0.008);
  volume.gain.setTargetAtTime(0, begins + seconds, 0.012);
  volume.connect(context.destination);
  for (const frequency of frequencies) {
    const tone = new OscillatorNode(context, { frequency });
    tone.connect(volume);
    tone.start(begins);
    tone.stop(begins + seconds + 0.1);
  }
  return volume;
}

/** Let the person hear what is said, after what is being said: its sound where there is one, else a voice. */
export function hear(text, { sound = "", language = "", loops = false } = {}) {
  if (!voice.isOn) return;
  endless();
  queue.push({ text, sound, language, loops });
  if (!playing) next();
}

/** Say nothing more of what was to be said. */
export function silence() {
  queue.length = 0;
  playing?.stop();
  playing = null;
}

/** End what would go on for ever, such as music for who waits. */
export function endless() {
  if (playing?.loops) silence();
}

function next() {
  const piece = queue.shift();
  playing = piece ? (piece.sound ? play(piece) : speak(piece)) : null;
}

function play({ text, sound, language, loops }) {
  const audio = new Audio(sound);
  const piece = { loops, stop: () => audio.pause() };
  const instead = () => { if (playing === piece) playing = speak({ text, language }); };
  audio.loop = loops;
  audio.addEventListener("ended", () => { if (playing === piece) next(); });
  audio.addEventListener("error", instead);
  audio.play().catch(instead);
  return piece;
}

function speak({ text, language }) {
  const piece = { loops: false, stop: () => globalThis.speechSynthesis?.cancel() };
  const done = () => { if (playing === piece) next(); };
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  if (!voices.length || !text) {
    queueMicrotask(done); // the captions are read
    return piece;
  }
  const spoken = new SpeechSynthesisUtterance(text);
  if (language) spoken.lang = language;
  spoken.addEventListener("end", done);
  spoken.addEventListener("error", done);
  speechSynthesis.speak(spoken);
  return piece;
}
