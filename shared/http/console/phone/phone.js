// The phone: Twilio's Voice SDK, its states as one object, and a token that is made new before it ends.
import { Trouble, accessToken } from "./api.js";
import { sounds } from "./sounds.js";
import { troubleOf } from "./words.js";

const RENEWED_BEFORE_S = 60;
const PAST = 50; // calls that are listed
const RETRY_MS = 5000;
const COMES_BACK_MS = 30000; // for so long a call outlives a lost connection; the SDK's own maximum

// `changed` is called after each change. What it shows: `presence` is off, connecting, ready or lost; `call` is null or
// {direction, who, state, since, isMuted, pressed} with state placing, rings, talks or lost.
export class Phone {
  constructor(changed) {
    this.changed = changed;
    this.presence = "off";
    this.identity = "";
    this.lines = [];
    this.callsOut = false;
    this.trouble = null;
    this.call = null;
    this.past = [];
    this.device = null;
    this.renewal = 0;
    this.isRenewalDue = false;
  }

  // Connect under a name; the key opens the API of the line. Throws Trouble.
  async connect(identity, key) {
    this.presence = "connecting";
    this.trouble = null;
    this.changed();
    try {
      if (!window.Twilio) throw new Trouble("Twilio's Voice SDK is not here", "The app was deployed without it. Deploy what `dev.py package` writes, then load this page again.");
      this.renew = () => accessToken(identity, key);
      const granted = await this.renew();
      Object.assign(this, { identity: granted.identity, lines: granted.lines, callsOut: granted.calls_out });
      this.device = this.opened(granted);
      await this.device.register();
    } catch (error) {
      this.leave();
      this.fail(error ?? this.trouble ?? { code: 31005 }); // the SDK gives no reason when the connection breaks
      throw this.trouble;
    }
  }

  opened({ token, ttl }) {
    const device = new Twilio.Device(token, {
      appName: "ahoy",
      closeProtection: true,
      codecPreferences: ["opus", "pcmu"],
      disableAudioContextSounds: true,
      enableImprovedSignalingErrorPrecision: true,
      logLevel: "silent",
      maxCallSignalingTimeoutMs: COMES_BACK_MS,
      publishEvents: false, // nothing of a call goes to Twilio's analysis
      sounds: sounds(),
      tokenRefreshMs: Math.min(RENEWED_BEFORE_S, ttl / 2) * 1000,
    });
    device.on("registered", () => this.update({ presence: "ready", trouble: this.trouble?.isPassing ? null : this.trouble }));
    device.on("unregistered", () => this.device && this.update({ presence: "lost" }));
    device.on("tokenWillExpire", () => this.renewToken());
    device.on("incoming", (call) => this.incoming(call));
    device.on("error", (error) => this.failed(error));
    return device;
  }

  leave() {
    clearTimeout(this.renewal);
    const device = this.device;
    this.device = null;
    device?.destroy();
    this.update({ presence: "off", call: null, isRenewalDue: false });
  }

  // Ask for a new token: before the old one ends, or late, when Twilio has let go of this phone and it begins anew. Not
  // during a call, whose sound would stop for a second; Twilio leaves a call alone whose token ends.
  async renewToken(isLate = false) {
    clearTimeout(this.renewal);
    if (this.call) {
      this.isRenewalDue = true;
      return;
    }
    this.isRenewalDue = false;
    const device = this.device;
    try {
      const granted = await this.renew();
      if (device === null || device !== this.device) return;
      this.update({ trouble: null });
      if (isLate) await this.beginAnew(granted);
      else device.updateToken(granted.token);
    } catch (error) {
      this.fail(error);
      if (this.trouble.isPassing) this.renewal = setTimeout(() => this.renewToken(isLate), RETRY_MS);
    }
  }

  async beginAnew(granted) {
    const old = this.device;
    this.device = null; // or its end would look like a lost connection
    old.destroy();
    this.device = this.opened(granted);
    this.update({ presence: "connecting" });
    await this.device.register();
  }

  // Ring a line of the file: the flow says what follows.
  async place(to) {
    this.trouble = null;
    try {
      this.follow(await this.device.connect({ params: to ? { To: to } : {} }), to, "placing");
    } catch (error) {
      this.fail(error);
    }
  }

  incoming(call) {
    this.follow(call, call.parameters.From, "rings");
  }

  follow(call, address, state) {
    const shown = { direction: call.direction, who: address, state, since: Date.now(), isMuted: false, pressed: "", call };
    const is = (now) => () => this.call === shown && this.update({ call: Object.assign(shown, now()) });
    call.on("ringing", is(() => ({ state: "placing" })));
    call.on("accept", is(() => ({ state: "talks", since: Date.now() })));
    call.on("reconnecting", is(() => ({ state: "lost" })));
    call.on("reconnected", is(() => ({ state: "talks" })));
    call.on("mute", (isMuted) => is(() => ({ isMuted }))());
    call.on("volume", (spoken, heard) => this.call === shown && this.level?.(spoken, heard));
    call.on("error", (error) => this.failed(error));
    for (const end of ["disconnect", "cancel", "reject"]) call.on(end, () => this.over(shown, end));
    call.on("transportClose", () => queueMicrotask(() => { // the SDK says whether the call comes back after it has told
      if (shown.state === "rings" || call.status() === "closed") this.over(shown, "lost");
    }));
    this.update({ call: shown });
  }

  over(shown, how) {
    if (this.call !== shown) return;
    const seconds = shown.state === "talks" || shown.state === "lost" ? Math.round((Date.now() - shown.since) / 1000) : 0;
    const isMissed = shown.direction === "INCOMING" && how === "cancel";
    this.past.splice(PAST - 1);
    this.past.unshift({ who: shown.who, direction: shown.direction, at: new Date(), seconds, isMissed, isTaken: shown.state === "talks" });
    this.update({ call: null });
    if (this.isRenewalDue) this.renewToken(true);
  }

  answer() {
    this.call?.call.accept();
    this.update({ call: Object.assign(this.call, { state: "placing" }) });
  }

  refuse() {
    this.call?.call.reject();
  }

  hangUp() {
    this.call?.call.disconnect();
  }

  mute(isMuted) {
    this.call?.call.mute(isMuted);
  }

  press(key) {
    this.call.call.sendDigits(key);
    this.update({ call: Object.assign(this.call, { pressed: this.call.pressed + key }) });
  }

  failed(error) {
    const isLate = error.code === 20104 && this.presence !== "connecting"; // this machine slept, or the line gave none in time
    if (isLate) this.renewToken(true);
    else this.fail(error);
    if (this.presence === "connecting" && !this.trouble?.isPassing) this.leave(); // Twilio refuses the token
    if (this.call && this.call.call.status() === "closed") this.over(this.call, "error");
  }

  fail(error) {
    this.update({ trouble: troubleOf(error) });
  }

  update(changes) {
    Object.assign(this, changes);
    this.changed();
  }
}
