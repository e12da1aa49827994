// A document as a person reads it: indented and coloured, with the warnings of Twilio's log at the element they speak of.
// It is read piece by piece, so that a broken one is shown as it came, too.

import { el } from "./dom.js";

const PIECE = /<!--[^]*?-->|<\?[^]*?\?>|<\/?[^\s<>/]+(?:\s+[^\s=<>/]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*\/?>|[^<]+|</g;
const ATTRIBUTE = /([^\s=<>/]+)\s*=\s*("[^"]*"|'[^']*')/g;
const NAMES = /<([A-Z]\w+)>/gu;
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&" };
const MOST = 20000; // characters

/** Return what the app answered. `alerts` are those that name its address. */
export function element(body, type, alerts) {
  const left = new Set(alerts);
  const shown = /xml|html/.test(type) ? coloured(body.slice(0, MOST), left) : body.slice(0, MOST);
  return el("div", { class: "document" }, el("pre", { tabindex: "0", "aria-label": "The document" }, el("code", {}, shown)),
    [...left].map(note));
}

function coloured(body, alerts) {
  const lines = [];
  let depth = 0;
  let isInline = false; // the text of an element stands on its line
  for (const [piece] of body.matchAll(PIECE)) {
    const isElement = /^<[^?!]/.test(piece) && piece.length > 1;
    const closes = piece.startsWith("</");
    if (!isElement && !piece.trim()) continue;
    if (piece.startsWith("<?")) continue;
    if (closes) depth = Math.max(0, depth - 1);
    const follows = lines.length && (isInline || (closes && lines.at(-1).opens === nameOf(piece)) || (!isElement && lines.at(-1).opens));
    if (follows) lines.at(-1).parts.push(...partsOf(piece, isElement));
    else lines.push({ depth, parts: partsOf(piece, isElement) });
    isInline = !isElement && Boolean(lines.at(-1).opens);
    if (isElement && !closes && !piece.endsWith("/>")) {
      lines.at(-1).opens = nameOf(piece);
      depth += 1;
    } else if (closes) lines.at(-1).opens = "";
    if (isElement && !closes) lines.at(-1).notes = take(alerts, nameOf(piece));
  }
  return lines.flatMap(({ depth: deep, parts, notes = [] }) => ["  ".repeat(deep), ...parts, "\n", ...notes.map(note)]);
}

function nameOf(piece) {
  return /^<\/?([^\s<>/]+)/.exec(piece)?.[1] ?? "";
}

function partsOf(piece, isElement) {
  if (!isElement) return [el("span", { class: "x-text" }, plain(piece.trim()))];
  const [open] = /^<\/?/.exec(piece);
  const attributes = [...piece.matchAll(ATTRIBUTE)].flatMap(([, name, value]) => [
    " ", el("span", { class: "x-name" }, name), "=", el("span", { class: "x-value" }, plain(value)),
  ]);
  return [open, el("span", { class: "x-tag" }, nameOf(piece)), ...attributes, piece.endsWith("/>") ? " />" : ">"];
}

function plain(text) {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (entity) => ENTITIES[entity])
    .replace(/&#(x[0-9a-f]+|\d+);/gi, (entity, code) => character(code, entity));
}

function character(code, entity) {
  const point = /^x/i.test(code) ? parseInt(code.slice(1), 16) : Number(code);
  return point <= 0x10ffff ? String.fromCodePoint(point) : entity;
}

/** Take the warnings that are about an element: the last that one names, as in `<Dial><Number>: ...`. */
function take(alerts, name) {
  const own = [...alerts].filter(({ text }) => [...text.split(":")[0].matchAll(NAMES)].at(-1)?.[1] === name);
  for (const alert of own) alerts.delete(alert);
  return own;
}

function note(alert) {
  return el("span", { class: "alert", role: "note" }, `${alert.code}: ${alert.text}`);
}
