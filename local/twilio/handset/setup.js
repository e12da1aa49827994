// The room with what this phone is: its number, and whether it is heard.

import { el, readable } from "./dom.js";
import { connect, line, on, wish } from "./line.js";
import { voice } from "./sounds.js";

const ABROAD = [
  ["+12025550122", "Washington"], ["+442079460958", "London"], ["+493023125001", "Berlin"], ["+33199001234", "Paris"],
]; // kept for fiction by Ofcom, the Bundesnetzagentur and Arcep

/** Return the room. */
export function setupRoom() {
  const number = el("input", { type: "tel", id: "own", list: "known", autocomplete: "off", spellcheck: "false" });
  const sound = el("input", { type: "checkbox", id: "sound", checked: voice.isOn, onchange: () => { voice.isOn = sound.checked; } });
  const form = el("form", { onsubmit: (event) => { event.preventDefault(); connect(number.value.replace(/[^+\d]/g, "")); } },
    el("label", { for: "own" }, "My number"), number,
    el("datalist", { id: "known" }, ABROAD.map(([value, city]) => el("option", { value }, city))),
    el("button", { type: "submit" }, "Take this number"));
  const element = el("div", { class: "room setup" }, el("h2", {}, "This phone"), form,
    el("label", { class: "switch", for: "sound" }, sound, el("span", {}, "Sound")),
    el("p", {}, el("a", { href: "/", target: "_blank", rel: "noopener" }, "Another phone"), " opens in a tab of its own, with a number of its own. So may those of the flow and its stories:"));
  const others = el("ul", { class: "others" });
  element.append(others);
  on("hello", async () => {
    number.value = line.number;
    const { people } = await wish("state").catch(() => ({ people: {} }));
    const shown = Object.entries(people).filter(([, address]) => address.startsWith("+") && address !== line.number);
    others.replaceChildren(...shown.map(([name, address]) => el("li", {},
      el("a", { href: `/?number=${encodeURIComponent(address)}`, target: "_blank", rel: "noopener" }, name), ` ${readable(address)}`)));
  });
  return { name: "setup", label: "Phone", icon: "setup", element };
}
