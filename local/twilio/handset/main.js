// The page: a phone with its rooms, and the glass wall beside it.

import { el, icon, readable } from "./dom.js";
import { connect, line, on } from "./line.js";
import { callRoom } from "./call.js";
import { keypadRoom } from "./keypad.js";
import { recentsRoom } from "./recents.js";
import { setupRoom } from "./setup.js";
import { textsRoom } from "./texts.js";
import { raiseWall } from "./wall.js";

const NARROW = matchMedia("(max-width: 859px)");
const rooms = {};
let left = { room: "keypad", focus: null }; // where the person was when a call began

function furnish() {
  const phone = { go, back, engage, isAt: (name) => document.body.dataset.room === name };
  for (const room of [callRoom(phone), keypadRoom(phone), textsRoom(phone), recentsRoom(phone), setupRoom(phone)]) {
    rooms[room.name] = room;
    document.getElementById("rooms").append(room.element);
    document.getElementById("bar").append(door(room));
  }
  document.getElementById("bar").append(door({ name: "wall", label: "Wall", icon: "wall" }));
  go("keypad");
}

function door({ name, label, icon: picture }) {
  return el("button", { type: "button", "data-door": name, onclick: () => go(name) }, icon(picture), el("span", {}, label));
}

/** Show a room; the wall is one on a narrow screen, and always beside the phone on a wide one. */
function go(name) {
  const focus = document.activeElement;
  const before = document.body.dataset.room;
  if (name === "call" && !document.body.classList.contains("is-engaged")) left = { room: before, focus };
  document.body.dataset.room = name;
  for (const room of Object.values(rooms)) room.element.hidden = room.name !== name;
  for (const button of document.querySelectorAll("[data-door]")) {
    if (button.dataset.door === name) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  rooms[name]?.shown?.();
  if (focus !== document.body && !focus.checkVisibility()) rooms[name]?.element.focus(); // what had it is gone
}

/** Go where the person was when the call began, and to what they did there. */
function back() {
  const here = document.activeElement;
  go(left.room);
  if (!here.checkVisibility() && left.focus?.checkVisibility()) left.focus.focus();
}

/** Show the door to the call in place of that to the keypad for as long as one goes on; it is no way out of the room. */
function engage(isOn) {
  const focus = document.activeElement;
  document.body.classList.toggle("is-engaged", isOn);
  if (focus.dataset.door && !focus.checkVisibility()) rooms[document.body.dataset.room]?.element.focus();
}

function hasConnected() {
  document.getElementById("whose").textContent = readable(line.number);
  document.title = `${readable(line.number)} – Ahoy`;
  connection(`rings ${line.lines.map(readable).join(", ")}`, true);
}

function connection(text, isUp) {
  const shown = document.getElementById("connection");
  shown.textContent = text;
  shown.classList.toggle("is-down", !isUp);
}

NARROW.addEventListener("change", () => {
  if (!NARROW.matches && document.body.dataset.room === "wall") go("keypad");
});
furnish();
raiseWall(document.getElementById("wall"));
on("hello", hasConnected);
on("away", ({ why }) => connection(why, false));
connect();
