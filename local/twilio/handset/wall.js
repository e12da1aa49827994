// The glass wall: what Twilio asks of the app, and what it answers, as it happens; where the call is; time and faults.

import { el, readable } from "./dom.js";
import { isOurs, line, on } from "./line.js";
import { element as documentOf } from "./twiml.js";
import { picture } from "./picture.js";
import { tools } from "./tools.js";

const MOST = 100; // cards that are shown
const PATIENCE_MS = 200; // an answer that comes sooner is not waited for visibly
const TOLD_FIRST = [
  "From", "To", "Digits", "SpeechResult", "Body", "CallStatus", "DialCallStatus", "MessageStatus", "RecordingUrl", "RecordingDuration",
  "ConferenceSid", "StatusCallbackEvent", "QueueResult", "NumMedia", "ErrorCode", "CallSid", "MessageSid",
];
const EMPTY = /^(<\?xml[^>]*>\s*)?(<Response\s*\/>|<Response>\s*<\/Response>)?$/;
const UNTOLD = new Set(["CallSid", "MessageSid"]);

/** Furnish the wall. */
export function raiseWall(wall) {
  const all = el("input", { type: "checkbox", id: "all", onchange: show });
  const list = el("ol", { class: "requests", "aria-label": "Requests to the app, the newest first" });
  const nothing = el("p", { class: "nothing" }, "Ring the line, or write to it: what Twilio asks of the app, and what the app answers, appears here.");
  wall.append(
    tools(), picture(),
    el("div", { class: "requests-head" }, el("h3", {}, "Requests"),
      el("label", { class: "switch", for: "all" }, all, el("span", {}, "Of other phones, too"))),
    nothing, list);

  function show() {
    const shown = line.webhooks.filter((one) => all.checked || isOurs(one)).slice(-MOST).reverse();
    nothing.hidden = shown.length > 0;
    list.replaceChildren(...shown.map(card));
  }

  function add(webhook) {
    const waiting = list.querySelector(`[data-waits="${CSS.escape(keyOf(webhook))}"]`);
    waiting?.remove();
    if (!all.checked && !isOurs(webhook)) return;
    nothing.hidden = true;
    list.prepend(card(webhook));
    while (list.children.length > MOST) list.lastChild.remove();
  }

  function wait(asked) {
    const isAnswered = line.webhooks.some((one) => keyOf(one) === keyOf(asked));
    if (isAnswered || !(all.checked || isOurs(asked))) return;
    nothing.hidden = true;
    list.prepend(waitingCard(asked));
  }

  on("hello", show);
  on("asked", ({ asked }) => setTimeout(wait, PATIENCE_MS, asked));
  on("webhook", ({ webhook }) => add(webhook));
  on("alert", ({ alert }) => {
    const webhook = line.webhooks.findLast((one) => one.sid === alert.sid && one.url === alert.url);
    if (webhook) renew(webhook);
  });

  /** Show a request anew, as open and with the keyboard where they were. */
  function renew(webhook) {
    const old = list.querySelector(`[data-key="${CSS.escape(keyOf(webhook))}"]`);
    if (!old) return;
    const made = card(webhook);
    const hasFocus = old.contains(document.activeElement);
    made.firstChild.open = old.firstChild.open;
    old.replaceWith(made);
    if (hasFocus) made.querySelector("summary").focus();
  }
}

function keyOf({ token, attempt }) {
  return `${token} ${attempt}`;
}

function waitingCard(asked) {
  return el("li", { class: "card is-waiting", "data-waits": keyOf(asked) }, el("div", { class: "head" },
    el("span", { class: "kind" }, asked.kind.replaceAll("-", " ")),
    el("code", { class: "path" }, `${asked.method} ${pathOf(asked.url)}`),
    el("span", { class: "chip" }, "waits for the app")));
}

function card(webhook) {
  const { kind, url, method, status, took_ms: took, attempt, error } = webhook;
  const isRight = status >= 200 && status < 300;
  const alerts = line.alerts.filter((one) => one.sid === webhook.sid && one.url === url);
  return el("li", { class: `card ${isRight ? "" : "is-wrong"}`, "data-key": keyOf(webhook) }, el("details", { open: isTelling(webhook) },
    el("summary", {},
      el("span", { class: "kind" }, kind.replaceAll("-", " ")),
      el("code", { class: "path" }, `${method} ${pathOf(url)}`),
      attempt > 0 && el("span", { class: "chip" }, `attempt ${attempt + 1}`),
      el("span", { class: `chip ${isRight ? "right" : "wrong"}` }, status ? String(status) : error),
      el("span", { class: "took" }, `${took} ms`),
      el("time", { datetime: webhook.at }, new Date(webhook.at).toLocaleTimeString())),
    el("div", { class: "sides" }, asked(webhook), answered(webhook, alerts))));
}

/** What only tells of a state is folded: the answer has nothing to say. */
function isTelling({ body, status }) {
  return !EMPTY.test(body.trim()) || status >= 300 || status === 0;
}

function pathOf(url) {
  const { pathname, search, hash } = new URL(url);
  try {
    return decodeURIComponent(pathname) + search + hash;
  } catch {
    return pathname + search + hash; // a percent sign that begins no letter of UTF-8
  }
}

function asked({ parameters, request_headers: headers, status }) {
  const names = Object.keys(parameters);
  const first = TOLD_FIRST.filter((name) => parameters[name] && !UNTOLD.has(name));
  const rest = names.filter((name) => !first.includes(name)).sort();
  return el("div", { class: "side", role: "group", "aria-label": "Twilio asks" }, el("h4", {}, "Twilio asks"), signature(headers, status),
    table(first, parameters),
    rest.length > 0 && el("details", { class: "rest" }, el("summary", {}, `${rest.length} more`), table(rest, parameters)));
}

function signature(headers, status) {
  const signed = headers["x-twilio-signature"];
  if (!signed) return null;
  const isRefused = status === 403;
  return el("p", { class: `signature ${isRefused ? "wrong" : ""}`, title: signed },
    isRefused ? "The signature was refused: another auth token, or another address." : "Signed, and the app has checked it.");
}

function table(names, parameters) {
  return el("dl", {}, names.map((name) => [el("dt", {}, name), el("dd", { dir: "auto" }, shownValue(name, parameters[name]))]));
}

function shownValue(name, value) {
  if (value === "") return el("i", {}, "empty");
  return name === "From" || name === "To" ? readable(value) : value;
}

function answered({ body, content_type: type, status, error }, alerts) {
  const empty = el("p", { class: "hint" }, status ? "nothing to say" : `No answer: ${error}`);
  return el("div", { class: "side", role: "group", "aria-label": "The app answers" }, el("h4", {}, "The app answers"),
    body.trim() ? documentOf(body, type, alerts) : empty);
}
