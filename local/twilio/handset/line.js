// The wire to the local Twilio: what happens comes in as server-sent events, what the person does goes out as requests.

const OPENS_MS = 4000;
const AGAIN_MS = 1500; // until a line that has gone is looked for again, or a wish is tried
const READ_MS = 4000; // until what a number lacks has been read
const TRIES = 10; // until a wish at the beginning is given up
const NO_ANSWER = "The line does not answer. Does it still run?";
const OTHERS = 200; // requests and errors of other phones that are kept
const NUMBER = "number"; // where a tab keeps its own

export const line = {
  number: "",
  lines: [],
  calls: new Map(), // SID -> {sid, from, to, placed, events, kinds}
  texts: [],
  webhooks: [],
  alerts: [],
  isUp: false,
  heard: new EventTarget(), // hello, call, event, text, webhook, alert, away
};

let source = null;
let granting = Promise.resolve(); // one wish after the other, as they are granted: calls need a connection, too

/** Let this tab be a phone: with a number that is wanted, or the one it had, or the next that is free. */
export function connect(wanted = "") {
  const asked = wanted || numberOfAddress() || sessionStorage.getItem(NUMBER) || "";
  source?.close();
  source = new EventSource(`/_local/tab?number=${encodeURIComponent(asked)}`);
  source.addEventListener("message", (message) => hear(JSON.parse(message.data)));
  source.addEventListener("error", () => lost(asked));
  const opening = source;
  setTimeout(() => {
    if (opening === source && source.readyState === EventSource.CONNECTING && !line.number) {
      tell("away", { why: "No answer. A browser keeps six connections to one address: close a phone." });
    }
  }, OPENS_MS);
}

/** Return the number in the address of the page; a plus that was typed there is read as a space. */
function numberOfAddress() {
  return (new URLSearchParams(location.search).get(NUMBER) ?? "").replace(/^ /, "+");
}

/** Let this tab have another number; return why it cannot, or nothing when it does. */
export async function take(wanted) {
  const why = await whyNot(wanted);
  if (!why) connect(wanted);
  return why;
}

async function whyNot(wanted) {
  if (!/^\+\d/.test(wanted)) return "A number begins with + and its country, such as +442079460958.";
  try {
    const { numbers } = await ask("GET", "/line");
    if (numbers.includes(wanted)) return `${wanted} is a number of the line itself.`;
    await ask("GET", `/phones/${encodeURIComponent(wanted)}/rings`);
  } catch (refusal) {
    return refusal.message;
  }
  return "";
}

/** Look again for a line that has gone, under the number that the tab has; or for one that lets the tab have another. */
async function lost(asked) {
  source.close();
  line.isUp = false;
  const why = line.number || !asked ? NO_ANSWER : (await whyNot(asked)) || NO_ANSWER;
  tell("away", { why });
  if (why === NO_ANSWER) return setTimeout(() => connect(line.number), AGAIN_MS);
  sessionStorage.removeItem(NUMBER);
  history.replaceState(null, "", "/");
  return setTimeout(connect, READ_MS);
}

function hear(news) {
  const { type, ...rest } = news;
  ({ hello, call, event, text, webhook, alert })[type]?.(rest);
  tell(type, rest);
}

function tell(type, detail) {
  line.heard.dispatchEvent(new CustomEvent(type, { detail }));
}

function hello({ number, lines, now }) {
  Object.assign(line, { number, lines, isUp: true, calls: new Map(), texts: [], webhooks: [], alerts: [] });
  sessionStorage.setItem(NUMBER, number);
  if (location.search) history.replaceState(null, "", `/?number=${encodeURIComponent(number)}`); // loaded anew it stays this one
  line.since = new Date(now).getTime();
}

function call({ call: found, placed }) {
  line.calls.set(found.sid, { sid: found.sid, from: found.from, to: found.to, placed, events: [], kinds: new Set() });
}

function event({ sid, event: happened }) {
  const found = line.calls.get(sid);
  found?.events.push(happened);
  found?.kinds.add(happened.kind);
}

function text({ text: message, wrote }) {
  line.texts.push({ ...message, wrote });
}

function webhook({ webhook: sent }) {
  line.webhooks.push(sent);
  line.webhooks = withoutOld(line.webhooks, isOurs);
}

function alert({ alert: told }) {
  line.alerts.push(told);
  line.alerts = withoutOld(line.alerts, ({ sid }) => line.calls.has(sid) || line.texts.some((one) => one.sid === sid));
}

/** Return what is kept of a list that grows with whatever others do: all of our own, and of theirs the newest. */
export function withoutOld(all, isOwn, most = OTHERS) {
  if (all.length <= 2 * most) return all; // seldom: it goes through all of them
  const others = all.filter((one) => !isOwn(one));
  const old = new Set(others.slice(0, Math.max(0, others.length - most)));
  return old.size < most ? all : all.filter((one) => !old.has(one));
}

/** Whether a request is about a call or text of this phone. */
export function isOurs({ sid, parameters }) {
  const mine = new Set([line.number, `whatsapp:${line.number}`]);
  const about = [sid, parameters.CallSid, parameters.ParentCallSid];
  return about.some((one) => line.calls.has(one)) || [parameters.From, parameters.To].some((one) => mine.has(one));
}

/** Ask the control API and return its answer; throws an Error with what it refuses. */
export async function ask(method, path, document) {
  const body = document === undefined ? undefined : JSON.stringify(document);
  let answer;
  try {
    answer = await fetch(`/_local${path}`, { method, body });
  } catch {
    throw new Error(NO_ANSWER);
  }
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.message || `The answer was ${answer.status}.`);
  return told;
}

/** Want something of the line behind the local Twilio, and return what is granted; throws an Error with why not. */
export function wish(wants, given = {}) {
  const coming = granting.then(() => ask("POST", "/wishes", { wants, given })).then(({ granted, refused }) => {
    if (refused) throw new Error(refused);
    return granted;
  });
  granting = coming.catch(() => {});
  return coming;
}

/** The same as a page begins, which may be quicker than who grants it: try again for a while. */
export async function wishAtFirst(wants, given = {}, tries = TRIES) {
  try {
    return await wish(wants, given);
  } catch (refusal) {
    if (!tries) throw refusal;
    await new Promise((wake) => setTimeout(wake, AGAIN_MS));
    return wishAtFirst(wants, given, tries - 1);
  }
}

/** Listen to a kind of news. */
export function on(type, listener) {
  line.heard.addEventListener(type, ({ detail }) => listener(detail));
}

/** Wait until this tab has a number: a click may come before. */
export function connected() {
  if (line.number) return Promise.resolve();
  return new Promise((done) => line.heard.addEventListener("hello", done, { once: true }));
}

/** Whether something happened while this page was open, and not before. */
export function isNew(at) {
  return new Date(at).getTime() > line.since - 2000;
}

/** Return how a call stands: dialling, ringing, talking or over. */
export function standing(one) {
  if (one.kinds.has("ended")) return "over";
  if (one.kinds.has("answered")) return "talking";
  return one.placed ? "dialling" : "ringing";
}

/** Return who is at the other end of a call. */
export function other(one) {
  return one.placed ? one.to : one.from;
}

/** Return the address of this machine's as one of this very page: pages and pictures have one origin. */
export function here(url) {
  const found = new URL(url, location.href);
  const isHere = ["127.0.0.1", "localhost"].includes(found.hostname) && found.port === location.port;
  return isHere ? found.pathname + found.search : url;
}
