/* What the page says of itself: the status line (what is saved and what is not), the notices, the quiet voice. */

import { timeWords } from "./values.js";

const SAID_FOR = 12_000; // milliseconds that a remark stays beside what is saved

export class Status {
  #root;
  #line;
  #notices;
  #saved = document.createElement("span");
  #said = document.createElement("span");
  #voice = document.createElement("p");
  #timer = 0;

  constructor(root) {
    this.#root = root;
    this.#line = root.querySelector("#status");
    this.#notices = root.querySelector("#notices");
    this.#said.className = "status-said";
    this.#voice.className = "vh";
    this.#voice.role = "status";
    this.#line.replaceChildren(this.#saved, " ", this.#said);
    this.#line.after(this.#voice);
  }

  /** `state` is all, kept, sending or local; the words say the same. */
  show(state, words) {
    this.#root.dataset.saved = state;
    if (this.#saved.textContent !== words) this.#saved.textContent = words;
  }

  /** Something was done; `undo` puts a button beside it. */
  say(words, { undo } = {}) {
    clearTimeout(this.#timer);
    this.#said.replaceChildren(words);
    if (undo) this.#said.append(" ", button("Undo", undo, "status-undo"));
    this.#timer = setTimeout(() => this.#said.replaceChildren(), SAID_FOR);
  }

  /** Told to a screen reader alone. */
  whisper(words) {
    this.#voice.textContent = words;
  }

  /** A banner that stays until it is cleared. `actions`: {label: a function or an address}. */
  notice(name, words, actions = {}) {
    const banner = document.createElement("div");
    banner.className = "notice";
    banner.dataset.notice = name;
    banner.setAttribute("role", "alert");
    const line = Object.assign(document.createElement("p"), { textContent: words });
    banner.append(line, ...Object.entries(actions).map(([label, act]) => (typeof act === "string" ? link(label, act) : button(label, act))));
    const old = this.#notices.querySelector(`[data-notice="${name}"]`);
    if (old?.textContent === banner.textContent) return;
    if (old) old.replaceWith(banner);
    else this.#notices.append(banner);
  }

  clear(name) {
    this.#notices.querySelector(`[data-notice="${name}"]`)?.remove();
  }
}

function button(label, act, className = "") {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: label, className });
  made.addEventListener("click", act);
  return made;
}

function link(label, address) {
  return Object.assign(document.createElement("a"), { href: address, textContent: label, target: "_blank", rel: "noopener" });
}

const forms = (count) => (count === 1 ? "1 form" : `${count} forms`);

/** The status line's state and words, from what is kept, what waits, and how the server is. */
export function savedWords({ keep, server, waiting }) {
  const { unsent, stuck, savedAt, keys } = keep;
  if (stuck.length) return ["local", `${REASONS[server.state] ?? REASONS.away} ${forms(stuck.length)} kept ${keep.full ? "in this page only: do not close it" : "in this browser only"}. Trying again.`];
  if (keep.refusal) return ["local", `The server keeps no copy of a form: ${keep.refusal}`];
  if (server.state !== "online") return ["local", `${REASONS[server.state]} Nothing is unsaved.`];
  if (waiting) return ["sending", "Saving…"];
  if (unsent.length) return ["sending", savedAt ? keptWords(keys.length, savedAt) : "Keeping the unfinished form…"];
  return keys.length && savedAt ? ["kept", keptWords(keys.length, savedAt)] : ["all", "All saved."];
}

const keptWords = (count, at) => `${count === 1 ? "Unfinished form" : `${count} unfinished forms`} kept, ${timeWords(at)}.`;

const REASONS = {
  offline: "No connection:",
  away: "The server does not answer:",
  out: "Logged out:",
  stranger: "Somebody else is logged in:",
};
