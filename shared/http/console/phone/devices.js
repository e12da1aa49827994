// Which microphone and which speakers: chosen once, remembered in this browser.
import { troubleOf } from "./words.js";

const KINDS = { microphone: "ahoy-microphone", speaker: "ahoy-speaker", ringer: "ahoy-ringer" };
const DEFAULT = "default";

export class Devices {
  constructor(fail) {
    this.fail = fail;
    this.audio = null;
    this.tried = null;
    for (const kind of Object.keys(KINDS)) list(kind).addEventListener("change", () => this.choose(kind, list(kind).value));
    byId("try").addEventListener("click", () => (this.tried ? this.endTry() : this.try()));
  }

  // Show the devices of an SDK's device from now on.
  of(device) {
    this.audio = device.audio;
    this.audio.on("deviceChange", () => this.show());
    this.show();
    this.useRemembered();
  }

  async useRemembered() {
    for (const [kind, name] of Object.entries(KINDS)) {
      const id = localStorage.getItem(name);
      if (id && id !== DEFAULT && this.known(kind).has(id)) await this.choose(kind, id);
    }
    this.show();
  }

  known(kind) {
    return kind === "microphone" ? this.audio.availableInputDevices : this.audio.availableOutputDevices;
  }

  show() {
    const isChoosable = this.audio.isOutputSelectionSupported;
    for (const kind of Object.keys(KINDS)) this.fill(kind, kind === "microphone" || isChoosable);
    const unnamed = [...this.audio.availableInputDevices.values()].every(({ label }) => !label || label.startsWith("Unknown"));
    help(!isChoosable && "This browser plays all sound on the system's own speaker.",
      unnamed && "The browser tells the names of devices once the microphone is allowed: try it.");
  }

  fill(kind, isChoosable) {
    const chosen = localStorage.getItem(KINDS[kind]) ?? DEFAULT;
    const known = [...this.known(kind)].filter(([id]) => id && id !== DEFAULT);
    const options = [new Option("The system's own", DEFAULT), ...known.map(([id, { label }]) => new Option(label || "A device", id))];
    list(kind).replaceChildren(...options);
    list(kind).value = options.some(({ value }) => value === chosen) ? chosen : DEFAULT;
    list(kind).disabled = !isChoosable;
  }

  async choose(kind, id) {
    try {
      if (kind === "microphone") await (id === DEFAULT ? this.audio.unsetInputDevice() : this.audio.setInputDevice(id));
      else await this.audio[kind === "speaker" ? "speakerDevices" : "ringtoneDevices"].set([id]);
      localStorage.setItem(KINDS[kind], id);
    } catch (error) {
      this.fail(troubleOf(error));
    }
  }

  // Show the level of the microphone, which asks for the permission too.
  async try() {
    const id = list("microphone").value;
    try {
      const audio = id === DEFAULT ? true : { deviceId: { exact: id } };
      const stream = await navigator.mediaDevices.getUserMedia({ audio });
      this.tried = { stream, context: new AudioContext() };
    } catch (error) {
      this.fail(troubleOf(error));
      return;
    }
    byId("try").setAttribute("aria-pressed", "true");
    const analyser = this.tried.context.createAnalyser();
    this.tried.context.createMediaStreamSource(this.tried.stream).connect(analyser);
    this.draw(analyser, new Uint8Array(analyser.fftSize));
    this.audio && this.show();
  }

  draw(analyser, samples) {
    if (!this.tried) return;
    analyser.getByteTimeDomainData(samples);
    byId("level-try").value = Math.max(...samples.map((sample) => Math.abs(sample - 128))) / 128;
    requestAnimationFrame(() => this.draw(analyser, samples));
  }

  endTry() {
    this.tried?.stream.getTracks().forEach((track) => track.stop());
    this.tried?.context.close();
    this.tried = null;
    byId("try").setAttribute("aria-pressed", "false");
    byId("level-try").value = 0;
  }
}

function help(...sentences) {
  const said = sentences.filter(Boolean).join(" ");
  byId("devices-help").textContent = said;
  byId("devices-help").hidden = !said;
}

function byId(id) {
  return document.getElementById(id);
}

function list(kind) {
  return byId(kind);
}
