// Errors of Twilio's Voice SDK, as somebody reads them who wants to know what to do.
import { Trouble } from "./api.js";

const LINK = "https://www.twilio.com/docs/api/errors/";
const ALLOW = [
  "Click the sign beside the address of this page, allow the microphone, and try again.",
  "If the browser does not ask at all, the system's own settings may forbid it the microphone.",
];
const WORDS = {
  20101: ["Twilio does not take the access token", "TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET are a pair, of the account TWILIO_ACCOUNT_SID. Make a new key in Twilio's console and set both where the line runs."],
  20104: ["The access token has expired", "The clocks of the line and of this device may differ. Connect again."],
  20151: ["Twilio does not take the access token", "Its API key may have been deleted. Make a new one in Twilio's console and set TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET where the line runs."],
  31001: ["Twilio does not know the TwiML app", "TWILIO_TWIML_APP_SID names the app whose voice address is that of the line. It must be of the same account."],
  31002: ["The line refused the call"],
  31003: ["Twilio took too long", "Try again."],
  31401: ["The browser may not use the microphone", ...ALLOW],
  31402: ["There is no microphone to use", "Plug one in, or end what else uses it, and try again."],
  31404: ["The call is over"],
  31480: ["Nobody answered"],
  31486: ["The line is busy"],
  31603: ["The call was refused"],
  53405: ["The sound does not get through", "A firewall may block it: Twilio needs UDP ports 10000 to 60000, and its addresses."],
};
const CONNECTION = ["There is no connection to Twilio", "It is tried again by itself. A network that blocks WebSockets to *.twilio.com does this for good."];
const OF_CONNECTION = new Set([31000, 31005, 31009, 53000, 53001]);

// Return what an error of the SDK is to a person.
export function troubleOf(error) {
  if (error instanceof Trouble) return error;
  if (error?.name === "NotAllowedError") return new Trouble(...titled(WORDS[31401]));
  if (error?.name === "NotFoundError") return new Trouble(...titled(WORDS[31402]));
  const code = error?.code ?? 0;
  const link = code ? LINK + code : "";
  if (OF_CONNECTION.has(code)) return new Trouble(...titled(CONNECTION), { isPassing: true, code, link });
  if (WORDS[code]) return new Trouble(...titled(WORDS[code]), { code, link });
  return new Trouble("Something went wrong", error?.explanation || error?.message || String(error), { code, link });
}

function titled([title, ...detail]) {
  return [title, detail];
}

// Return who somebody is: `client:ann` is Ann's browser, a hidden caller has no number.
export function who(address) {
  const [scheme, rest] = [/^\w+(?=:)/.exec(address ?? "")?.[0], (address ?? "").replace(/^\w+:/, "")];
  if (!rest || rest === "+266696687") return "Hidden number";
  return scheme === "client" ? rest : spaced(rest);
}

// Return a number as it is read: those of North America in their groups.
export function spaced(number) {
  return number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "+1 $1 $2 $3");
}
