// The room with what this phone is: its number, and whether it is heard.

import { el, readable } from "./dom.js";
import { line, on, take, wishAtFirst } from "./line.js";
import { voice } from "./sounds.js";

const ABROAD = [
  ["+12025550122", "Washington"], ["+442079460958", "London"], ["+493023125001", "Berlin"], ["+33199001234", "Paris"],
]; // kept for fiction by Ofcom, the Bundesnetzagentur and Arcep

/** Return the room. */
export function setupRoom() {
  const number = el("input", { type: "tel", id: "own", list: "known", autocomplete: "off", spellcheck: "false" });
  const trouble = el("p", { class: "trouble", role: "alert" });
  const takeNumber = async () => { trouble.textContent = await take(number.value.replace(/[\s().-]/g, "")); };
  const sound = el("input", { type: "checkbox", id: "sound", checked: voice.isOn, onchange: () => { voice.isOn = sound.checked; } });
  const form = el("form", { onsubmit: (event) => { event.preventDefault(); takeNumber(); } },
    el("label", { for: "own" }, "My number"), number,
    el("datalist", { id: "known" }, ABROAD.map(([value, city]) => el("option", { value }, city))),
    el("button", { type: "submit" }, "Take this number"), trouble);
  const others = el("ul", { class: "others" });
  const known = el("div", { hidden: true }, el("p", {}, "So do those of the flow and its stories:"), others);
  const element = el("div", { class: "room setup", tabindex: "-1", role: "group", "aria-label": "This phone" }, el("h2", {}, "This phone"), form,
    el("label", { class: "switch", for: "sound" }, sound, el("span", {}, "Sound")),
    el("p", {}, el("a", { href: "/", target: "_blank", rel: "noopener" }, "Another phone"), " opens in a tab of its own, with a number of its own."),
    known);
  on("hello", async () => {
    number.value = line.number;
    const { people } = await wishAtFirst("state").catch(() => ({ people: {} }));
    trouble.textContent = "";
    const shown = Object.entries(people).filter(([, address]) => address.startsWith("+") && address !== line.number);
    known.hidden = !shown.length;
    others.replaceChildren(...shown.map(([name, address]) => el("li", {},
      el("a", { href: `/?number=${encodeURIComponent(address)}`, target: "_blank", rel: "noopener" }, name), ` ${readable(address)}`)));
  });
  return { name: "setup", label: "Phone", icon: "setup", element };
}
