// Speaking by the real microphone: only after a click, and only to the local Twilio of this machine.

import { round } from "./dom.js";
import { ask } from "./line.js";

let recorder = null;
let handedOver = Promise.resolve(); // what was spoken is with the local Twilio

/** Return the button; `call` gives the call that is spoken into, `trouble` shows why nothing is recorded. */
export function button(call, trouble) {
  const made = round("mic", "Speak by the microphone; the sound stays on this machine", () => toggle(made, call(), trouble), {
    class: "plain mic", "aria-pressed": "false",
  });
  return made;
}

/** Let the microphone go, and wait until what was spoken is handed over: who hangs up has still said it. */
export async function stop() {
  recorder?.stop();
  await handedOver;
}

async function toggle(made, call, trouble) {
  if (recorder) return stop();
  if (!call) return undefined;
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    record(made, stream, call, trouble);
  } catch (refused) {
    trouble(`No microphone: ${refused.message}. Type what you say instead.`);
  }
  return undefined;
}

function record(made, stream, call, trouble) {
  const parts = [];
  const began = performance.now();
  recorder = new MediaRecorder(stream);
  made.setAttribute("aria-pressed", "true");
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  let done;
  handedOver = new Promise((settle) => { done = settle; });
  recorder.addEventListener("stop", async () => {
    const type = recorder.mimeType;
    recorder = null;
    made.setAttribute("aria-pressed", "false");
    for (const track of stream.getTracks()) track.stop();
    const seconds = (performance.now() - began) / 1000;
    await hand(call, seconds, new Blob(parts, { type }), trouble).finally(done);
  });
  recorder.start();
  ask("POST", `/calls/${call.sid}/speaks`, {}).catch(({ message }) => trouble(message));
}

async function hand(call, seconds, sound, trouble) {
  const answer = await fetch(`/_local/calls/${call.sid}/sound?seconds=${seconds.toFixed(2)}`, {
    method: "POST", headers: { "content-type": sound.type }, body: sound,
  });
  if (!answer.ok) trouble((await answer.json().catch(() => ({}))).message ?? `The answer was ${answer.status}.`);
}
