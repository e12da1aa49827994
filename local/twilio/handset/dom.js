// Elements of the page. Values become text and attributes, never markup: a text may come from a stranger.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  answer: "M6.6 3.2 9.4 9 7 11.400c1.400 3 3.600 5.200 6.600 6.600l2.400-2.400 5.800 2.800c.5.300.8.900.6 1.400-.6 2-2.200 3.200-4.300 3.200C9.700 23 1 14.300 1 5.900c0-2.100 1.200-3.700 3.200-4.300.5-.2 1.100.1 1.400.6z",
  end: "M12 9c-3.600 0-7 .9-9.700 2.600C1.400 12.200 1 13 1.200 14l.5 2.300c.2.900 1 1.500 1.900 1.300l3.200-.6c.8-.1 1.300-.8 1.300-1.600v-2.100c2.500-.8 5.300-.8 7.800 0v2.100c0 .8.500 1.500 1.300 1.600l3.200.6c.9.2 1.700-.4 1.900-1.300l.5-2.300c.2-1-.200-1.800-1.100-2.400C19 9.900 15.600 9 12 9z",
  keypad: "M5 3h3v3H5zM10.500 3h3v3h-3zM16 3h3v3h-3zM5 8.500h3v3H5zM10.500 8.500h3v3h-3zM16 8.500h3v3h-3zM5 14h3v3H5zM10.500 14h3v3h-3zM16 14h3v3h-3zM10.500 19.500h3v3h-3z",
  texts: "M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2h-8l-5 4.500V17H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z",
  recents: "M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20zm-1 5v6l4.800 2.900 1-1.700-3.800-2.200V7z",
  setup: "M4 6h9.200a3 3 0 0 1 5.600 0H20v2h-1.200a3 3 0 0 1-5.600 0H4zm0 10h1.200a3 3 0 0 1 5.600 0H20v2h-9.200a3 3 0 0 1-5.600 0H4z",
  wall: "M3 4h18v13H3zm2 2v9h14V6zM8 19h8v2H8z",
  back: "M15 4l2 2-6 6 6 6-2 2-8-8z",
  erase: "M8.500 5H20a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H8.500L2 12zm2.300 4 3 3-3 3 1.200 1.200 3-3 3 3 1.200-1.200-3-3 3-3L18 7.800l-3 3-3-3z",
  send: "M3 3.500 22 12 3 20.500l2.200-7L14 12 5.200 10.500z",
  attach: "M16.500 6v10.500a4.500 4.500 0 0 1-9 0V5.500a3 3 0 0 1 6 0V15a1.500 1.500 0 0 1-3 0V7H9v8a3 3 0 0 0 6 0V5.500a4.500 4.500 0 0 0-9 0v11a6 6 0 0 0 12 0V6z",
  mic: "M12 2a3.500 3.500 0 0 1 3.500 3.500v6a3.500 3.500 0 0 1-7 0v-6A3.500 3.500 0 0 1 12 2zM5 11h2a5 5 0 0 0 10 0h2a7 7 0 0 1-6 6.900V22h-2v-4.100A7 7 0 0 1 5 11z",
  skip: "M3 5l9 7-9 7zM12 5l9 7-9 7z",
  voicemail: "M6.500 7a4.500 4.500 0 0 1 3.700 7h3.600a4.500 4.500 0 1 1 3.700 2h-11a4.500 4.500 0 0 1 0-9zm0 2a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5zm11 0a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z",
};

/** Return a new element; properties that begin with `on` are listeners, what is null, undefined or false is left out. */
export function el(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Return a picture that says nothing to a screen reader: its button has a name of its own. */
export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  picture.setAttribute("class", "icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  picture.append(path);
  return picture;
}

/** Return a round button that shows an icon and has a name. */
export function round(name, label, onclick, more = {}) {
  return el("button", { type: "button", title: label, "aria-label": label, onclick, ...more }, icon(name));
}

/** Say something to whoever has the page read aloud. */
export function tell(text) {
  document.getElementById("told").textContent = text;
}

/** Return a number as people read it: +1 202 555 0122; other addresses as they are. */
export function readable(address) {
  const [scheme, number] = address.startsWith("whatsapp:") ? ["WhatsApp ", address.slice(9)] : ["", address];
  if (HIDDEN.has(number)) return "No caller ID";
  const american = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  if (american) return `${scheme}+1 ${american[1]} ${american[2]} ${american[3]}`;
  return scheme + number.replace(/^\+(44|49|33|39|34|31|41|43)(\d{2,4})(\d+)$/, "+$1 $2 $3");
}

const HIDDEN = new Set(["", "+266696687", "anonymous"]);

/** Return a moment as the time of day. */
export function clock(at) {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

/** Return seconds as 0:07 or 1:02:30. */
export function lasted(seconds) {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
