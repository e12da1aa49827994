// The room with the calls of this phone: what was heard on each, what was recorded, and keeping one as a story.

import { clock, el, icon, lasted, readable } from "./dom.js";
import { line, on, other, standing } from "./line.js";
import { captionOf } from "./call.js";

/** Return the room. */
export function recentsRoom() {
  const list = el("ol", { class: "list", "aria-label": "Calls" });
  const nothing = el("p", { class: "nothing" }, "No calls yet.");
  const element = el("div", { class: "room recents" }, el("h2", {}, "Calls"), nothing, list);

  function show() {
    const calls = [...line.calls.values()].reverse();
    nothing.hidden = calls.length > 0;
    list.replaceChildren(...calls.map(row));
  }

  on("hello", show);
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
      el("span", { class: "way", title: call.placed ? "placed" : "received" }, call.placed ? "↗" : "↙"),
      el("span", { class: "name" }, readable(other(call))),
      el("span", { class: "when" }, `${call.events.length ? clock(call.events[0].at) : ""} · ${how}`)),
    el("ol", { class: "captions" }, call.events.map(captionOf).filter(Boolean).map((shown) => el("li", { class: shown.by }, shown.text))),
    call.events.filter((event) => event.kind === "recorded").map(recording)));
}

function recording(event) {
  return el("audio", { controls: true, preload: "metadata", src: `/_local/recordings/${event.detail.sid}`, "aria-label": "Recording" });
}
