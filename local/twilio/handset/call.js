// The room of a call: it rings, or one talks; what is heard stands there, and keys and words go out.

import { el, icon, lasted, readable, round, tell } from "./dom.js";
import { ask, isNew, line, on, other, standing } from "./line.js";
import { keys, typed } from "./keypad.js";
import * as microphone from "./microphone.js";
import * as sounds from "./sounds.js";

const HEARD = new Set(["said", "heard", "played"]);
const SKIPPED_S = 10;
const KEYS_ONLY = /^[0-9*#]+$/; // as at the terminal: keys are pressed, anything else is said
const MOST = 300; // captions that stand on a call, or a long one would hold up the page; all of them are among the calls
const GONE_MS = 1200; // how long the end of a call is shown
const BEHAVES_S = 0.3;

/** Return the room. */
export function callRoom(phone) {
  const shown = {
    who: el("h2", { class: "who" }),
    state: el("span", { role: "status" }),
    time: el("span", { "aria-hidden": "true" }), // or it would be read aloud every second
    captions: el("div", { class: "captions", role: "log", "aria-label": "What is heard", "aria-live": "polite", tabindex: "0" }),
    acts: el("div", { class: "acts" }),
    say: el("input", { type: "text", "aria-label": "What you say", placeholder: "Say words, type keys", autocomplete: "off" }),
    trouble: el("p", { class: "trouble", role: "alert" }),
  };
  const pad = el("div", { class: "pad", hidden: true }, keys(press));
  const speak = el("form", { class: "say", onsubmit: saySomething },
    shown.say, microphone.button(() => current, trouble), round("send", "Say it", null, { type: "submit", class: "plain" }));
  const talking = el("div", { class: "talking" }, speak, pad);
  const element = el("div", { class: "room call", tabindex: "-1", role: "group", "aria-label": "Call" },
    el("div", { class: "caller" }, shown.who, el("p", { class: "state" }, shown.time, shown.state)), shown.captions, talking, shown.trouble, shown.acts);
  const keysButton = labelled("keypad", "Keys", togglePad, "soft", { "aria-expanded": "false" });
  let current = null;
  let frame = 0;
  typed(element, (name) => { if (name.length === 1 && name !== "+") press(name); });
  setInterval(() => { if (current && standing(current) === "talking") showState(); }, 500);

  /** Do something on the call, and return whether it was done. */
  async function act(name, more = {}) {
    trouble("");
    return tried(ask("POST", `/calls/${current.sid}/${name}`, more));
  }

  function tried(asked) {
    return asked.then(() => true, (refusal) => trouble(refusal.message));
  }

  function trouble(text) {
    shown.trouble.textContent = text;
  }

  function press(name) {
    if (!current || standing(current) !== "talking") return;
    sounds.key(name[0]);
    act("press", { keys: name });
  }

  function saySomething(event) {
    event.preventDefault();
    const text = shown.say.value.trim();
    shown.say.value = "";
    if (!text || !current) return;
    if (KEYS_ONLY.test(text)) press(text);
    else act("say", { text });
  }

  async function voicemail() {
    const path = `/phones/${encodeURIComponent(line.number)}`;
    if (!await tried(ask("PUT", path, { answers: "machine" }))) return;
    await act("answer");
    setTimeout(() => tried(ask("PUT", path, { answers: "asks" })), BEHAVES_S * 1000);
  }

  /** Hang up; who cannot tell the line, since it is gone, is on no call either. */
  async function hangUp() {
    await microphone.stop();
    if (!await act("hang-up") && !line.isUp) leave();
  }

  function show() {
    const state = standing(current);
    shown.who.textContent = readable(other(current));
    if (state !== element.dataset.state) become(state);
    showState();
  }

  /** Offer what may be done now; whoever stood on something that is gone stands in the room. */
  function become(state) {
    const focus = element.contains(document.activeElement) ? document.activeElement : null;
    element.dataset.state = state;
    talking.hidden = state !== "talking";
    shown.acts.replaceChildren(...buttons(state));
    if (focus && !focus.checkVisibility()) element.focus();
  }

  function buttons(state) {
    const end = labelled("end", "Hang up", hangUp, "end");
    if (state === "ringing") {
      return [
        labelled("end", "Refuse", () => act("decline"), "end"),
        labelled("voicemail", "Voicemail", voicemail, "soft"),
        labelled("answer", "Answer", () => act("answer"), "answer"),
      ];
    }
    const skip = labelled("skip", `Skip ${SKIPPED_S} s`, skipTime, "soft", { title: "Let time pass on this call" });
    if (state === "talking") return [keysButton, skip, end];
    return state === "dialling" ? [skip, end] : [];
  }

  function skipTime() {
    sounds.silence();
    act("skip", { seconds: SKIPPED_S });
  }

  function togglePad() {
    showPad(pad.hidden);
  }

  function showPad(is) {
    pad.hidden = !is;
    keysButton.setAttribute("aria-expanded", String(is));
    shown.captions.scrollTop = shown.captions.scrollHeight;
  }

  function showState() {
    const [time, state] = stateOf(current);
    shown.time.textContent = time && state ? `${time} · ` : time;
    if (shown.state.textContent !== state) shown.state.textContent = state; // or it is read aloud once more
  }

  function take(found, isJustBegun) {
    sounds.silence();
    if (found.placed && isJustBegun) sounds.ringback();
    current = found;
    element.dataset.state = "";
    showPad(false);
    shown.captions.replaceChildren();
    trouble("");
    show();
    phone.go("call");
    phone.engage(true);
    tell(found.placed ? `Calling ${readable(found.to)}` : `${readable(found.from)} is calling you`);
  }

  on("hello", () => {
    sounds.silence();
    if (current) leave();
  });
  on("call", ({ call, placed }) => {
    const found = line.calls.get(call.sid);
    if (current && standing(current) !== "over" && !placed) refuseAsEngaged(found);
    else if (call.end_time === null) take(found, isNew(call.date_created));
  });
  on("event", ({ sid, event }) => {
    if (!current || sid !== current.sid) return;
    caption(event);
    if (isNew(event.at)) sound(current, event);
    show();
    if (event.kind === "ended") goodbye(current);
  });

  function caption(event) {
    const line = captionOf(event);
    if (!line) return;
    shown.captions.append(el("p", { class: line.by, dir: "auto", ...(line.language ? { lang: line.language } : {}) }, line.text));
    while (shown.captions.children.length > MOST) shown.captions.firstChild.remove();
    cancelAnimationFrame(frame); // once for all that happens at the same time, as when the page is loaded anew
    frame = requestAnimationFrame(() => { shown.captions.scrollTop = shown.captions.scrollHeight; });
  }

  function goodbye(over) {
    setTimeout(() => { if (current === over) leave(); }, GONE_MS);
  }

  function leave() {
    current = null;
    microphone.stop();
    if (phone.isAt("call")) phone.back();
    phone.engage(false);
  }

  return { name: "call", label: "Call", icon: "answer", element };
}

function labelled(picture, label, onclick, kind, more = {}) {
  return el("button", { type: "button", class: `act ${kind}`, onclick, ...more },
    el("span", { class: "disc" }, icon(picture)), el("span", {}, label));
}

/** A phone on which somebody talks is engaged. */
function refuseAsEngaged(found) {
  ask("POST", `/calls/${found.sid}/decline`, {}).catch(() => {});
  tell(`${readable(other(found))} called, and was told that this phone is engaged`);
}

/** Return how long the call lasts, and how it stands in words. */
function stateOf(call) {
  const state = standing(call);
  const last = call.events.at(-1);
  const answered = call.events.find((event) => event.kind === "answered");
  if (state === "talking") {
    const listens = listening(call);
    const waits = listens ? waitsFor(listens.text) : "";
    const skipped = call.events.reduce((sum, event) => sum + (event.kind === "skipped" ? event.detail.seconds : 0), 0);
    return [lasted((Date.now() - new Date(answered.at)) / 1000 + skipped), waits];
  }
  if (state === "over") return ["", ENDS[last.text] ?? last.text];
  return ["", state === "ringing" ? "is calling you" : "calling"];
}

const ENDS = {
  completed: "Call ended", busy: "Busy", "no-answer": "No answer", failed: "Cannot be reached", canceled: "Call ended",
};

function waitsFor(kind) {
  return { recording: "recording", "dtmf speech": "listens", "speech dtmf": "listens", speech: "listens", dtmf: "waits for keys" }[kind] ?? "listens";
}

/** Return what stands among the captions for something that happened, and who it is of; null for what shows nothing. */
export function captionOf(event) {
  const { kind, text, detail } = event;
  const language = detail?.language ?? detail?.["{http://www.w3.org/XML/1998/namespace}lang"] ?? "";
  const spoken = text || (detail?.sound ? "🎙 by the microphone" : ""); // words that nobody has written down
  if (detail?.by === "machine") return { by: "mine", text: spoken }; // that of this phone
  if (kind === "said" || kind === "heard") return { by: "theirs", text: spoken, language };
  if (kind === "played") return { by: "sound", text: `♪ ${text.split("/").at(-1)}` };
  if (kind === "spoke") return { by: "mine", text: spoken };
  if (kind === "pressed") return { by: "mine keys-pressed", text };
  if (kind === "bridged") return { by: "note", text: `connected with ${readable(text)}` };
  if (kind === "dialled") return { by: "note", text: `rings ${readable(text)}` };
  if (kind === "listening" && text === "recording") return { by: "note", text: "recording" };
  if (kind === "recorded") return { by: "note", text: `recorded ${text}` };
  return NOTES.has(kind) ? { by: "note", text: `${kind.replaceAll("_", " ")} ${text && readable(text)}`.trim() } : null;
}

const NOTES = new Set(["joined", "left", "conference_started", "queued", "muted", "held", "rejected", "texted", "skipped", "busy", "no-answer", "failed"]);

/** Let what happens be heard. */
function sound(call, event) {
  const { kind, text, detail } = event;
  const more = { sound: detail?.sound, language: detail?.language, loops: detail?.loop === "0" };
  if (kind === "ringing" && standing(call) === "ringing") sounds.ring();
  if (kind === "dialled") sounds.ringback();
  if (RINGS_NO_MORE.has(kind)) sounds.quiet();
  if (STOPS.has(kind) && isPrompted(call)) sounds.silence();
  if (kind === "bridged" || kind === "ended") sounds.endless();
  if (kind === "said" || kind === "heard") sounds.hear(text, more);
  if (kind === "played" && text === "beep") sounds.beep();
  else if (kind === "played" && detail?.sound) sounds.hear("", more);
  if (kind === "hung_up" && detail?.by === "person") sounds.silence(); // what the line says last is heard to its end
  if (kind === "ended" && text === "busy") sounds.busy();
}

const RINGS_NO_MORE = new Set(["answered", "bridged", "busy", "no-answer", "failed", "canceled", "said", "played", "ended"]);
const TURNS = new Set(["listening", "webhook", "bridged", "joined", "queued", "dialled", "recorded"]);
const STOPS = new Set(["pressed", "spoke"]);

/** Whether what is said now asks for something, and stops for it. */
function isPrompted(call) {
  const listens = listening(call);
  return Boolean(listens) && listens.text !== "recording" && listens.detail.bargeIn !== "false";
}

/** Return the event with which the line began to wait for keys or words, if it still does: its prompt asks for them. */
function listening(call) {
  const latest = call.events.findLast(({ kind, detail }) => TURNS.has(kind) || (HEARD.has(kind) && !detail.asks && detail.by !== "machine"));
  return latest?.kind === "listening" ? latest : null;
}
