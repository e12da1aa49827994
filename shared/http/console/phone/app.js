// The page: what the phone is, shown; what a person does, passed on to it.
import { Devices } from "./devices.js";
import { Phone } from "./phone.js";
import { spaced, who } from "./words.js";

const KEYS = { 1: "", 2: "ABC", 3: "DEF", 4: "GHI", 5: "JKL", 6: "MNO", 7: "PQRS", 8: "TUV", 9: "WXYZ", "*": "", 0: "+", "#": "" };
const PRESENCE = {
  off: ["Not connected", ""],
  connecting: ["Connecting ...", "busy"],
  ready: ["Ready as ", "ready"],
  lost: ["No connection, trying again ...", "busy"],
};
const TITLE = document.title;
const byId = (id) => document.getElementById(id);
const phone = new Phone(show);
const devices = new Devices((trouble) => phone.fail(trouble));
let shownPart = null;
let shownDevice = null;

function show() {
  const { presence, call } = phone;
  const stood = document.activeElement;
  const isOn = phone.device !== null;
  const rings = call?.state === "rings";
  const [text, mark] = PRESENCE[presence];
  say("presence-text", presence === "ready" ? text + phone.identity : text);
  document.body.dataset.presence = mark;
  document.body.dataset.state = call?.state ?? (isOn ? "idle" : "signed-out");
  reveal({ "sign-in": !isOn, idle: isOn && !call, ringing: rings, "in-call": call && !rings, devices: isOn && !rings, past: isOn && phone.past.length, "sign-out": isOn && !call });
  byId("connect").setAttribute("aria-disabled", String(presence === "connecting"));
  byId("call").disabled = presence !== "ready" || !phone.callsOut;
  help();
  showTrouble();
  if (isOn && phone.device !== shownDevice) begin();
  if (call) showCall(call);
  showPast();
  focus(call, stood);
  document.title = rings ? `${who(call.who)} rings` : TITLE;
}

function begin() {
  shownDevice = phone.device;
  devices.of(phone.device);
  const lines = phone.lines.map((number, at) => lineOf(number, at === 0));
  byId("line-list").replaceChildren(...lines);
  byId("lines").hidden = !lines.length;
}

function lineOf(number, isFirst) {
  const choice = Object.assign(document.createElement("input"), { type: "radio", name: "line", value: number, checked: isFirst });
  const label = Object.assign(document.createElement("label"), { className: "line" });
  label.append(choice, spaced(number));
  return label;
}

function help() {
  const said = phone.callsOut ? "" : "This phone can be rung, but not ring: the line has no TwiML app. Set TWILIO_TWIML_APP_SID where it runs.";
  say("call-help", said);
  byId("call-help").hidden = !said;
}

function showCall(call) {
  const name = who(call.who);
  say("ringing-who", name);
  say("ringing-more", "rings you");
  say("in-call-who", name);
  say("in-call-state", stateOf(call));
  say("pressed", call.pressed);
  byId("mute").setAttribute("aria-pressed", String(call.isMuted));
  byId("mute").disabled = call.state === "placing";
  for (const key of byId("keypad").children) key.disabled = call.state !== "talks";
  tick();
}

function stateOf({ state, direction, isMuted }) {
  if (state === "lost") return "Connection lost, trying again ...";
  if (state === "talks") return isMuted ? "They do not hear you" : "Connected";
  return direction === "INCOMING" ? "Answering ..." : "Ringing ...";
}

function tick() {
  const { call } = phone;
  say("clock", call?.state === "talks" ? duration((Date.now() - call.since) / 1000) : "");
}

function duration(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

function showPast() {
  byId("past-list").replaceChildren(...phone.past.map((call) => {
    const line = document.createElement("li");
    const how = call.isMissed ? "missed" : call.isTaken ? duration(call.seconds) : "no answer";
    const at = call.at.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
    line.append(span(`${call.direction === "INCOMING" ? "From" : "To"} ${who(call.who)}`, call.isMissed ? "missed" : ""), span(`${how}, ${at}`));
    return line;
  }));
}

function span(text, className = "") {
  return Object.assign(document.createElement("span"), { textContent: text, className });
}

function showTrouble() {
  const { trouble } = phone;
  byId("trouble").hidden = !trouble;
  if (!trouble) return;
  say("trouble-title", trouble.message);
  const paragraphs = trouble.detail.map((text) => Object.assign(document.createElement("p"), { textContent: text }));
  if (trouble.link) {
    const paragraph = document.createElement("p");
    paragraph.append("Twilio: ", Object.assign(document.createElement("a"), { href: trouble.link, textContent: `error ${trouble.code}`, rel: "noreferrer" }));
    paragraphs.push(paragraph);
  }
  byId("trouble-detail").replaceChildren(...paragraphs);
}

// The keyboard goes where the next thing is done: to Answer when it rings, into the call, back to Call. So it does when
// what it stood on is gone.
function focus(call, stood) {
  const part = !phone.device ? null : call?.state === "rings" ? "answer" : call ? "in-call" : "idle";
  const isGone = stood !== document.body && (!stood.checkVisibility() || stood.disabled);
  const isNew = part && part !== shownPart && !(shownPart === null && part === "idle");
  const place = part === "idle" && !byId("call").disabled ? "call" : part ?? "name";
  if (isGone || isNew) byId(place).focus();
  shownPart = part;
}

function say(id, text) {
  if (byId(id).textContent !== text) byId(id).textContent = text;
}

function reveal(shown) {
  for (const [id, is] of Object.entries(shown)) byId(id).hidden = !is;
}

function keypad() {
  const keys = "123456789*0#".split("").map((key) => {
    const button = Object.assign(document.createElement("button"), { type: "button", value: key });
    button.append(key, Object.assign(document.createElement("small"), { textContent: KEYS[key], ariaHidden: "true" }));
    button.addEventListener("click", () => phone.press(key));
    return button;
  });
  byId("keypad").replaceChildren(...keys);
  byId("in-call").addEventListener("keydown", ({ key, ctrlKey, metaKey, altKey }) => {
    if (key in KEYS && phone.call?.state === "talks" && !ctrlKey && !metaKey && !altKey) phone.press(key);
  });
}

function remember() {
  sessionStorage.setItem("ahoy-key", byId("key").value);
  localStorage.setItem("ahoy-name", byId("name").value);
}

async function signIn() {
  if (phone.presence === "connecting") return;
  devices.endTry();
  try {
    await phone.connect(byId("name").value.trim(), byId("key").value);
    remember();
  } catch { /* it is shown */ }
}

// The part of an address after # stays in the browser: no server and no log sees the key, and now no history does.
function prefill() {
  const given = new URLSearchParams(location.hash.slice(1));
  byId("key").value = given.get("code") || sessionStorage.getItem("ahoy-key") || "";
  byId("name").value = given.get("name") || localStorage.getItem("ahoy-name") || "";
  history.replaceState(null, "", location.pathname + location.search);
  showName();
}

function showName() {
  say("name-shown", byId("name").value || "name");
}

function wire() {
  byId("sign-in").addEventListener("submit", (event) => { event.preventDefault(); signIn(); });
  byId("name").addEventListener("input", showName);
  byId("call").addEventListener("click", () => { devices.endTry(); phone.place(document.querySelector("[name=line]:checked")?.value); });
  byId("answer").addEventListener("click", () => { devices.endTry(); phone.answer(); });
  byId("refuse").addEventListener("click", () => phone.refuse());
  byId("mute").addEventListener("click", () => phone.mute(!phone.call.isMuted));
  byId("hang-up").addEventListener("click", () => phone.hangUp());
  byId("sign-out").addEventListener("click", () => phone.leave());
  phone.level = (spoken, heard) => {
    byId("level-in").value = phone.call?.isMuted ? 0 : spoken;
    byId("level-out").value = heard;
  };
  setInterval(tick, 1000);
}

prefill();
keypad();
wire();
show();
