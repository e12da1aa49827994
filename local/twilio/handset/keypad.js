// The room with the keys, from which the line is rung.

import { el, icon, round } from "./dom.js";
import { ask, connected, line, on } from "./line.js";
import { key } from "./sounds.js";

export const KEYS = [
  ["1", ""], ["2", "ABC"], ["3", "DEF"], ["4", "GHI"], ["5", "JKL"], ["6", "MNO"], ["7", "PQRS"], ["8", "TUV"],
  ["9", "WXYZ"], ["*", ""], ["0", "+"], ["#", ""],
];
const PAUSE_MS = 600; // how long 0 is held for a plus

/** Return twelve keys; `press` is told of each. */
export function keys(press) {
  return el("div", { class: "keys", role: "group", "aria-label": "Keys" }, KEYS.map(([name, letters]) =>
    el("button", { type: "button", class: "key", "data-key": name, onclick: () => press(name) },
      el("span", { class: "digit" }, name), el("span", { class: "letters", "aria-hidden": "true" }, letters)),
  ));
}

/** Let typed digits press keys while an element is shown and nobody types into a field. */
export function typed(room, press) {
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, textarea, select, summary");
    if (room.hidden || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^[0-9*#]$/.test(event.key)) press(event.key);
    else if (event.key === "Enter" && [document.body, room].includes(event.target)) press("Enter");
    else if (event.key === "Backspace" || event.key === "+") press(event.key);
  });
}

/** Return the room. */
export function keypadRoom(phone) {
  const number = el("input", {
    class: "number", type: "tel", "aria-label": "Number to call", autocomplete: "off", spellcheck: "false",
  });
  const erase = round("erase", "Delete", () => press("Backspace"), { class: "plain" });
  const hidden = el("input", { type: "checkbox", id: "hidden" });
  const trouble = el("p", { class: "trouble", role: "alert" });
  const press = (name) => {
    trouble.textContent = "";
    if (name === "Enter") return dial();
    if (name === "Backspace") number.value = number.value.slice(0, -1);
    else number.value += name;
    key(name);
    return undefined;
  };
  holdZero(press);
  let isDialling = false; // who clicks twice rings once

  async function dial() {
    if (isDialling) return;
    isDialling = true;
    trouble.textContent = "";
    await connected();
    const to = number.value.replace(/[^+\d]/g, "");
    try {
      await ask("POST", "/calls", { from: hidden.checked ? "" : line.number, to, phone: line.number });
    } catch (refusal) {
      trouble.textContent = refusal.message;
      isDialling = false;
    }
  }

  const form = el("form", { class: "dialler", onsubmit: (event) => { event.preventDefault(); dial(); } },
    el("div", { class: "number-row" }, number, erase),
    keys(press),
    el("label", { class: "switch", for: "hidden" }, hidden, el("span", {}, "Hide my number")),
    trouble,
    el("button", { type: "submit", class: "call-button", "aria-label": "Call" }, icon("answer")),
  );
  const element = el("div", { class: "room keypad", tabindex: "-1", role: "group", "aria-label": "Keypad" }, form);
  typed(element, press);
  on("hello", () => { number.value ||= line.lines[0]; });
  for (const kind of ["hello", "call"]) on(kind, () => { isDialling = false; });
  return { name: "keypad", label: "Keypad", icon: "keypad", element, shown: () => {}, phone };
}

/** A zero that is held is a plus, and no zero when it is let go. */
function holdZero(press) {
  let timer = null;
  let isHeld = false;
  document.addEventListener("pointerdown", (event) => {
    isHeld = false;
    if (!event.target.closest?.(".dialler [data-key='0']")) return;
    timer = setTimeout(() => { isHeld = true; press("+"); }, PAUSE_MS);
  });
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => clearTimeout(timer));
  document.addEventListener("click", (event) => {
    if (isHeld) event.stopPropagation();
    isHeld = false;
  }, { capture: true });
}
