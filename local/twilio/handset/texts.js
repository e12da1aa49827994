// The room with the texts: one thread for each number that this phone writes with.

import { el } from "./dom.js";

/** Return the room. */
export function textsRoom() {
  const element = el("div", { class: "room texts" }, el("h2", {}, "Texts"));
  return { name: "texts", label: "Texts", icon: "texts", element };
}
