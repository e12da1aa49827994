// A document as a person reads it: indented and coloured, with the warnings of Twilio's log at the element they speak of.

import { el } from "./dom.js";

const NAMES = /<([A-Z]\w+)>/gu;
const BY_REST = 2000; // characters of an answer that is no document

/** Return what the app answered. `alerts` are those that name its address. */
export function element(body, type, alerts) {
  const read = /xml|html/.test(type) ? new DOMParser().parseFromString(body, "text/xml") : null;
  const left = new Set(alerts);
  const isDocument = read && !read.querySelector("parsererror");
  const shown = isDocument ? node(read.documentElement, 0, left) : body.slice(0, BY_REST);
  return el("div", { class: "document" }, el("pre", { tabindex: "0", "aria-label": "The document" }, el("code", {}, shown)),
    [...left].map(note));
}

function node(one, depth, alerts) {
  const indent = "  ".repeat(depth);
  const attributes = [...one.attributes].flatMap(({ name, value }) => [
    " ", el("span", { class: "x-name" }, name), "=", el("span", { class: "x-value" }, `"${value}"`),
  ]);
  const children = [...one.childNodes].filter((child) => child.nodeType === Node.ELEMENT_NODE || child.nodeValue.trim());
  const name = el("span", { class: "x-tag" }, one.tagName);
  const own = [...alerts].filter((alert) => last(alert.text) === one.tagName);
  for (const alert of own) alerts.delete(alert);
  const notes = own.map(note);
  if (!children.length) return [`${indent}<`, name, ...attributes, " />\n", ...notes];
  const close = ["</", name.cloneNode(true), ">\n"];
  if (children.every((child) => child.nodeType === Node.TEXT_NODE)) {
    return [`${indent}<`, name, ...attributes, ">", el("span", { class: "x-text" }, one.textContent.trim()), ...close, ...notes];
  }
  const inner = children.flatMap((child) => child.nodeType === Node.ELEMENT_NODE
    ? node(child, depth + 1, alerts)
    : [`${indent}  `, el("span", { class: "x-text" }, child.nodeValue.trim()), "\n"]);
  return [`${indent}<`, name, ...attributes, ">\n", ...notes, ...inner, indent, ...close];
}

/** Return the element that a warning is about: the last that it names, as in `<Dial><Number>: ...`. */
function last(text) {
  return [...text.split(":")[0].matchAll(NAMES)].at(-1)?.[1];
}

function note(alert) {
  return el("span", { class: "alert", role: "note" }, `${alert.code}: ${alert.text}`);
}
