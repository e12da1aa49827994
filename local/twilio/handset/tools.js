// What is around the line: what time it is for it, and what goes wrong.

import { el, tell } from "./dom.js";
import { ask, on, wish, wishAtFirst } from "./line.js";

const HOUR_S = 3600;
const MANY = 1000; // times that a fault strikes before it wears off
const FAULTS = [
  ["Webhooks come twice", { on: "webhook", does: "twice" }],
  ["Callbacks get lost", { on: "webhook", does: "drop" }],
  ["Twilio refuses", { on: "rest", does: "answer", status: 503, code: 20503 }],
  ["Twilio's answers get lost", { on: "rest", does: "lose-answer" }],
];

/** Return the tools: a clock that can be set, and switches for what goes wrong. */
export function tools() {
  const trouble = el("p", { class: "trouble", role: "alert" });
  let latest = 0;
  const granted = async (wants, given, more) => {
    latest += 1;
    const own = latest;
    trouble.textContent = "";
    try {
      more(await wish(wants, given));
    } catch (refusal) {
      if (own === latest) trouble.textContent = refusal.message;
    }
  };
  return el("div", { class: "tools" }, time(granted), faults(granted), trouble);
}

function time(granted) {
  const now = el("time", { class: "now" });
  const at = el("input", { type: "text", placeholder: "Thu 22:00", "aria-label": "Set the time of the line", size: "12" });
  const back = el("button", { type: "button", class: "chip-button", hidden: true, onclick: () => setBack() }, "As it is");
  let known = null;
  const set = (given) => granted("time", given, (state) => {
    take(state);
    at.value = "";
    tell(`For the line it is ${now.textContent}`);
  });

  async function setBack() {
    await set({});
    if (back.hidden) at.focus(); // where the keyboard was is gone
  }

  function take(state) {
    known = { ahead: new Date(state.now) - Date.now(), zone: state.zone };
    back.hidden = !state.is_set;
    now.classList.toggle("is-set", state.is_set);
    tick();
  }

  function tick() {
    if (!known) return;
    const moment = new Date(Date.now() + known.ahead);
    const shape = { weekday: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZone: known.zone || undefined };
    now.textContent = new Intl.DateTimeFormat("en-GB", shape).format(moment);
    now.dateTime = moment.toISOString();
    now.title = known.zone;
  }

  setInterval(tick, 1000);
  const element = el("form", { class: "tool", hidden: true, onsubmit: (event) => { event.preventDefault(); set({ at: at.value }); } },
    el("span", { class: "tool-name" }, "For the line it is"), now, at,
    el("button", { type: "submit", class: "chip-button" }, "Set"),
    el("button", { type: "button", class: "chip-button", onclick: () => set({ pass_s: HOUR_S }) }, "+1 hour"),
    el("button", { type: "button", class: "chip-button", onclick: () => set({ pass_s: 24 * HOUR_S }) }, "+1 day"), back);
  const look = (ask) => ask("state").then((state) => { element.hidden = false; take(state); }, () => {});
  on("hello", () => look(wishAtFirst));
  addEventListener("focus", () => look(wish)); // another tab may have set it
  return element;
}

function faults(granted) {
  const active = new Set();
  const storage = el("input", { type: "checkbox", id: "storage", onchange: () => hold(storage.checked) });
  const hold = (hangs) => granted("storage", { hangs }, (state) => { storage.checked = state.storage_hangs; count(); });
  const stalling = el("label", { class: "switch", for: "storage", hidden: true }, storage, el("span", {}, "Storage hangs"));
  const switches = FAULTS.map(([name, fault], number) => {
    const input = el("input", { type: "checkbox", id: `fault-${number}`, onchange: () => {
      active[input.checked ? "add" : "delete"](fault);
      strike();
    } });
    return el("label", { class: "switch", for: `fault-${number}` }, input, el("span", {}, name));
  });
  const summary = el("summary", {}, "Faults");
  const element = el("details", { class: "tool faults", ontoggle: look }, summary, el("div", { class: "switches" }, stalling, switches));

  let changes = 0;
  let before = Promise.resolve(); // one change after the other

  function strike() {
    changes += 1;
    count();
    before = before.then(async () => {
      await ask("DELETE", "/faults");
      for (const fault of active) await ask("POST", "/faults", { ...fault, times: MANY });
    }).catch(() => {});
  }

  /** Show what another tab has switched on. */
  async function look() {
    const seen = changes;
    await before; // what is switched on here is not known there until then
    const waiting = await ask("GET", "/faults").catch(() => []);
    if (seen !== changes) return; // switched here meanwhile
    FAULTS.forEach(([, fault], number) => {
      const isOn = waiting.some((one) => one.on === fault.on && one.does === fault.does);
      active[isOn ? "add" : "delete"](fault);
      element.querySelector(`#fault-${number}`).checked = isOn;
    });
    count();
  }

  function count() {
    const many = active.size + (storage.checked ? 1 : 0);
    summary.textContent = many ? `Faults: ${many} switched on` : "Faults";
    element.classList.toggle("is-wrong", many > 0);
  }

  on("hello", () => {
    look();
    wishAtFirst("state").then((state) => {
      stalling.hidden = !state.may_hang;
      storage.checked = state.storage_hangs;
      count();
    }, () => {});
  });
  return element;
}
