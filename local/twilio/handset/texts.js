// The room with the texts: a thread with each number of the line, by SMS and by WhatsApp.

import { clock, el, readable, round, tell } from "./dom.js";
import { ask, connected, isNew, line, on } from "./line.js";

const MOST_BYTES = 5 * 1024 * 1024; // Twilio's own limit
const FAILED = "failed";

/** Return the room. */
export function textsRoom(phone) {
  const channel = el("select", { class: "quiet-select", "aria-label": "Write as" },
    el("option", { value: "" }, "SMS"), el("option", { value: "whatsapp:" }, "WhatsApp"));
  const to = el("select", { class: "quiet-select", "aria-label": "Write to" });
  const thread = el("div", { class: "thread", role: "log", "aria-label": "Texts", "aria-live": "polite", tabindex: "0" });
  const body = el("textarea", { rows: "1", "aria-label": "Text", placeholder: "Text", dir: "auto", onkeydown: enter, oninput: grow });
  const file = el("input", { type: "file", class: "unseen", tabindex: "-1", "aria-hidden": "true", multiple: true,
    accept: "image/*,audio/*,video/*,application/pdf", onchange: showPicked });
  const picked = el("p", { class: "picked", hidden: true });
  const elsewhere = el("button", { type: "button", class: "pill", hidden: true });
  const trouble = el("p", { class: "trouble", role: "alert" });
  const form = el("form", { class: "say compose", onsubmit: send },
    file, round("attach", "Add a picture", () => file.click(), { class: "plain" }), body,
    round("send", "Send", null, { type: "submit", class: "plain go" }));
  const bubbles = new Map(); // SID -> what is shown of the text
  const element = el("div", { class: "room texts", tabindex: "-1", role: "group", "aria-label": "Texts" },
    el("div", { class: "thread-head" }, el("h2", {}, "Texts"), to, channel), elsewhere, thread, trouble, picked, form);

  function isShown(text) {
    const [mine, theirs] = text.wrote ? [text.from, text.to] : [text.to, text.from];
    const isHere = theirs.replace("whatsapp:", "") === to.value && mine.startsWith("whatsapp:") === (channel.value !== "");
    return isHere || (!line.lines.includes(theirs.replace("whatsapp:", "")) && !text.wrote);
  }

  function show() {
    if (elsewhere.value === channel.value + to.value) elsewhere.hidden = true;
    const shown = line.texts.filter(isShown).sort((one, next) => new Date(one.at) - new Date(next.at));
    bubbles.clear();
    thread.replaceChildren(...shown.map(keep));
    if (!shown.length) thread.append(el("p", { class: "note" }, `Nothing yet with ${readable(to.value)}.`));
    thread.scrollTop = thread.scrollHeight;
  }

  function keep(text) {
    const made = bubble(text);
    bubbles.set(text.sid, made);
    return made;
  }

  /** Add a text at its end, so that only this one is read aloud; one that came late has its place before others. */
  function add(text) {
    const isLast = line.texts.every((one) => new Date(one.at) <= new Date(text.at));
    if (!isShown(text)) return;
    if (!isLast || !bubbles.size) {
      show();
      return;
    }
    thread.append(keep(text));
    thread.scrollTop = thread.scrollHeight;
  }

  /** Show how far a text of ours has come by now. */
  function renew(sid) {
    const text = line.texts.find((one) => one.sid === sid);
    if (text?.wrote && bubbles.has(sid)) bubbles.get(sid).replaceWith(keep(text));
  }

  async function send(event) {
    event?.preventDefault();
    trouble.textContent = "";
    const [words, files, of, whom] = [body.value.trim(), file.files, channel.value, to.value];
    if (!words && !files.length) return;
    write("", new DataTransfer().files);
    try {
      await connected();
      const media = await Promise.all([...files].map(read));
      await ask("POST", "/messages", { from: of + line.number, to: whom || line.lines[0], body: words, media, phone: of + line.number });
    } catch (refusal) {
      trouble.textContent = refusal.message;
      if (!body.value && !file.files.length) write(words, files); // nothing is lost that was not sent
    }
  }

  function write(words, files) {
    body.value = words;
    file.files = files;
    showPicked();
    grow();
  }

  function enter(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
  }

  function grow() {
    body.style.height = "auto";
    body.style.height = `${body.scrollHeight}px`; // up to what the style sheet allows
  }

  function showPicked() {
    const names = [...file.files].map((one) => one.name);
    picked.textContent = names.join(", ");
    picked.hidden = names.length === 0;
  }

  function badge() {
    const door = document.querySelector("[data-door=texts]");
    if (!phone.isAt("texts")) door?.classList.add("has-news");
  }

  /** Turn to the thread of a text that has come; who is writing in another is told of it, and may finish. */
  function turn(text) {
    const [of, whom] = [text.to.startsWith("whatsapp:") ? "whatsapp:" : "", text.from.replace("whatsapp:", "")];
    const go = () => {
      [channel.value, to.value] = [of, whom];
      elsewhere.hidden = true;
      show();
    };
    if (!body.value && !file.files.length) return go();
    elsewhere.value = of + whom;
    elsewhere.textContent = `New ${of ? "WhatsApp" : "SMS"} of ${readable(whom)}`;
    elsewhere.onclick = () => { go(); body.focus(); };
    elsewhere.hidden = false;
    return tell(elsewhere.textContent);
  }

  for (const select of [to, channel]) select.addEventListener("change", show);
  on("hello", () => {
    to.replaceChildren(...line.lines.map((one) => el("option", { value: one }, readable(one))));
    to.hidden = line.lines.length < 2;
    show();
  });
  on("text", ({ text, wrote }) => {
    if (!wrote && isNew(text.at)) badge();
    if (wrote || isShown({ ...text, wrote })) add({ ...text, wrote });
    else turn(text);
  });
  on("webhook", ({ webhook }) => renew(webhook.sid));
  on("alert", ({ alert }) => renew(alert.sid));
  return {
    name: "texts", label: "Texts", icon: "texts", element,
    shown: () => {
      document.querySelector("[data-door=texts]")?.classList.remove("has-news");
      show();
    },
  };
}

function bubble(text) {
  const state = text.wrote ? ticks(text) : null;
  return el("div", { class: text.wrote ? "mine" : "theirs" },
    text.media_types.map((type, number) => media(text, type, number)),
    text.body ? el("p", { dir: "auto" }, text.body) : null,
    el("p", { class: "small" }, text.is_by_twilio ? "Twilio itself · " : "", clock(text.at),
      state && el("span", { class: `ticks ${state.kind}`, role: "img", "aria-label": state.label, title: state.label }, state.sign)));
}

/** Return how far a text of ours has come: handed to Twilio, taken by the app, or lost on the way. */
function ticks(text) {
  const asked = line.webhooks.findLast((one) => one.sid === text.sid && one.kind === "sms");
  const alert = line.alerts.findLast((one) => one.sid === text.sid);
  if (alert) return { kind: FAILED, sign: " !", label: `Twilio's error ${alert.code}: ${alert.text}` };
  if (!asked) return { kind: "sent", sign: " ✓", label: "sent" };
  return asked.status >= 200 && asked.status < 300
    ? { kind: "delivered", sign: " ✓✓", label: "delivered" }
    : { kind: FAILED, sign: " !", label: `the app answered ${asked.status}` };
}

function media(text, type, number) {
  const address = `/_local/texts/${text.sid}/media/${number}`;
  const name = text.media_urls[number].split("/").at(-1);
  const link = () => el("a", { href: address, target: "_blank", rel: "noopener" }, `${name} (${type})`);
  if (type.startsWith("audio/")) return el("audio", { controls: true, preload: "metadata", src: address, "aria-label": "Sound" });
  if (type.startsWith("video/")) return el("video", { controls: true, preload: "metadata", src: address, "aria-label": "Film" });
  if (!type.startsWith("image/")) return link();
  const picture = el("img", { src: address, alt: `Picture ${number + 1}${text.wrote ? "" : " of the line"}`, loading: "lazy" });
  picture.addEventListener("error", () => picture.replaceWith(link()));
  return picture;
}

function read(file) {
  if (file.size > MOST_BYTES) throw new Error(`${file.name} is larger than the 5 MB that Twilio takes.`);
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done({ content_type: file.type, content: reader.result.split(",")[1] ?? "" }));
    reader.addEventListener("error", () => failed(reader.error));
    reader.readAsDataURL(file);
  });
}
