// The room with the calls of this phone: what was heard on each, what was recorded, and keeping one as a story.

import { clock, el, lasted, readable } from "./dom.js";
import { line, on, wish, other, standing } from "./line.js";
import { captionOf } from "./call.js";

/** Return the room. */
export function recentsRoom() {
  const list = el("ol", { class: "list", "aria-label": "Calls" });
  const nothing = el("p", { class: "nothing" }, "No calls yet.");
  const element = el("div", { class: "room recents", tabindex: "-1", role: "group", "aria-label": "Calls" }, el("h2", {}, "Calls"), nothing, list);
  const rows = new Map();

  function show() {
    const calls = [...line.calls.values()].reverse();
    nothing.hidden = calls.length > 0;
    calls.forEach((call, place) => put(rowOf(call), place));
    while (list.children.length > calls.length) list.lastChild.remove();
  }

  function rowOf(call) {
    const isOver = standing(call) === "over";
    if (!rows.has(call.sid) || !rows.get(call.sid).isOver) {
      rows.get(call.sid)?.element.remove();
      rows.set(call.sid, { isOver, element: row(call) });
    }
    return rows.get(call.sid).element;
  }

  /** What stands where it belongs is not moved: it would lose the keyboard, and its sound would stop. */
  function put(shown, place) {
    if (list.children[place] !== shown) list.insertBefore(shown, list.children[place] ?? null);
  }

  on("hello", () => {
    rows.clear();
    show();
  });
  on("event", ({ event }) => { if (event.kind === "ended") show(); });
  return { name: "recents", label: "Calls", icon: "recents", element, shown: show };
}

function row(call) {
  const ended = call.events.find((event) => event.kind === "ended");
  const answered = call.events.some((event) => event.kind === "answered");
  const isMissed = ended && !answered && !call.placed;
  const how = ended ? (answered ? lasted(ended.detail.duration_s) : ended.text) : standing(call);
  return el("li", {}, el("details", {},
    el("summary", { class: isMissed ? "is-missed" : "" },
      el("span", { class: "way", role: "img", "aria-label": call.placed ? "placed" : "received" }, call.placed ? "↗" : "↙"),
      el("span", { class: "name" }, readable(other(call))),
      el("span", { class: "when" }, `${call.events.length ? clock(call.events[0].at) : ""} · ${how}`)),
    el("ol", { class: "captions" }, call.events.map(captionOf).filter(Boolean).map((shown) => el("li", { class: shown.by, dir: "auto" }, shown.text))),
    call.events.filter((event) => event.kind === "recorded").map(recording),
    ended && call.placed ? keeping(call) : null));
}

function recording(event) {
  return el("audio", { controls: true, preload: "metadata", src: `/_local/recordings/${event.detail.sid}`, "aria-label": "Recording" });
}

function keeping(call) {
  const name = el("input", { type: "text", class: "field", "aria-label": "Name of the story", placeholder: "A caller is greeted" });
  const said = el("pre", { class: "kept", role: "status" });
  const keep = async (event) => {
    event.preventDefault();
    said.textContent = "";
    try {
      const kept = await wish("keep", { call: call.sid, name: name.value });
      said.textContent = `Kept in ${kept.file}.\n${kept.said}`;
      said.classList.toggle("wrong", !kept.is_true);
    } catch (refusal) {
      said.textContent = refusal.message;
      said.classList.add("wrong");
    }
  };
  return el("form", { class: "keeping", onsubmit: keep }, name, el("button", { type: "submit", class: "pill" }, "Keep as a story"), said);
}
