// The drawn flow, in which the place lights up where the call is.

import { el } from "./dom.js";
import { isOurs, line, on, wish, wishAtFirst } from "./line.js";

const SVG = "http://www.w3.org/2000/svg";
const LEAVES_MS = 4000; // how long the way of a call that is over stays lit
const LEAST = 0.7; // of its size: below that a picture scrolls
const NEAR = 40; // pixels around what is lit that are shown, too

/** Return the picture; it shows itself once somebody can draw it. */
export function picture() {
  const image = el("img", { alt: "" });
  const lights = document.createElementNS(SVG, "svg");
  lights.setAttribute("aria-hidden", "true");
  const canvas = el("div", { class: "canvas" }, image, lights);
  const frame = el("div", { class: "frame", tabindex: "0", role: "group", "aria-label": "The flow" }, canvas);
  const where = el("p", { class: "where", role: "status" });
  const caption = el("figcaption", {}, el("h3", {}, "The flow"), where);
  const element = el("figure", { class: "picture", hidden: true }, caption, frame);
  let drawn = null;
  let lit = "";

  async function draw(ask = wish) {
    try {
      const found = await ask("flow", { known: drawn?.version ?? "" });
      if (found.svg) show(found);
    } catch {
      element.hidden = drawn === null; // nobody is there who draws
    }
  }

  function show(found) {
    drawn = found;
    URL.revokeObjectURL(image.src);
    image.src = URL.createObjectURL(new Blob([found.svg], { type: "image/svg+xml" }));
    image.alt = `${found.name}: ${found.told}`;
    canvas.style.width = `min(${found.width}px, max(100%, ${found.width * LEAST}px))`;
    lights.setAttribute("viewBox", `0 0 ${found.width} ${found.height}`);
    lights.replaceChildren();
    element.hidden = false;
  }

  async function light(webhook) {
    const { url, parameters, sid } = webhook;
    const places = await wish("places", { url, parameters }).catch(() => []);
    if (!places.length || !drawn) return;
    if (sid !== lit) lights.replaceChildren();
    lit = sid;
    for (const old of lights.children) old.setAttribute("class", "was");
    for (const [key, number] of places) add(key, number);
    const [key, number] = places.at(-1);
    where.textContent = parameters.CallSid ? `The call is at ${key}, step ${number + 1}` : `The text is answered by step ${number + 1}`;
    bringIntoView(key);
  }

  function add(key, number) {
    const box = drawn.boxes[key];
    if (!box) return;
    lights.append(rectangle(box.at, "box"));
    if (box.items[number]) lights.append(rectangle(box.items[number], "item"));
  }

  function bringIntoView(key) {
    const box = drawn.boxes[key];
    if (!box) return;
    const scale = canvas.clientWidth / drawn.width;
    const [x, y, width] = box.at.map((length) => length * scale);
    const left = x + width + NEAR - frame.clientWidth;
    frame.scrollTo({ left: Math.max(0, Math.min(x - NEAR, Math.max(left, frame.scrollLeft))), top: Math.max(0, y - NEAR) });
  }

  on("hello", () => {
    where.textContent = lit = "";
    lights.replaceChildren();
    draw(wishAtFirst);
  });
  on("call", () => draw());
  on("webhook", ({ webhook }) => { if (isOurs(webhook) && new Date(webhook.at) > line.since - 2000) light(webhook); });
  on("event", ({ sid, event }) => {
    if (sid !== lit || event.kind !== "ended") return;
    where.textContent = "";
    setTimeout(() => { if (sid === lit) for (const one of lights.children) one.setAttribute("class", "was"); }, LEAVES_MS);
  });
  return element;
}

function rectangle([x, y, width, height], kind) {
  const shape = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ x, y, width, height, rx: kind === "box" ? 8 : 4, class: kind })) {
    shape.setAttribute(name, value);
  }
  return shape;
}
