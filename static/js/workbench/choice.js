/* A field to choose one of many by typing: the combobox with a list of ARIA 1.2. What is typed is never thrown away. */

const PAUSE = 120; // milliseconds of rest before the server is asked
const EDGE = 12; // px between the list and the edge of the window
const ROOM = 200; // px that a list should have
const MOST = 340;

let made = 0;

/** `find(typed, signal)` resolves with options; `show(option)` tells {name, detail, rule}; `invite(typed)` is the last
 *  line, to make what is missing; `eager` marks the first option before anything is typed.
 *  Events: "chosen" (see `value`), "typed" (the text changed by hand), "wanted" (detail: what is to be made). */
export class Choice extends EventTarget {
  value = null;
  #input;
  #list;
  #pop;
  #rule;
  #says;
  #find;
  #show;
  #invite;
  #nothing;
  #eager;
  #options = [];
  #shownFor = null; // the query whose options are in the list
  #active = -1;
  #asking = null;
  #timer = 0;
  #enter = false; // Enter came before the answer: the first option is taken when it is there
  #ahead = []; // keys typed meanwhile

  constructor(input, { find, show, invite = () => "", nothing = "Nobody of that name.", eager = true }) {
    super();
    this.#input = input;
    this.#find = find;
    this.#show = show;
    this.#invite = invite;
    this.#nothing = nothing;
    this.#eager = eager;
    this.#build();
    input.addEventListener("input", () => this.#typing());
    input.addEventListener("focus", () => (input.value ? this.value && input.select() : this.open()));
    input.addEventListener("click", () => !this.isOpen && !this.value && this.open());
    input.addEventListener("blur", () => this.close());
    input.addEventListener("keydown", (event) => this.#key(event));
  }

  get typed() {
    return this.value ? "" : this.#input.value;
  }

  get isOpen() {
    return !this.#pop.hidden;
  }

  /** Show an option, or nothing, or what somebody typed once and did not choose. Tells nobody, unless Enter waits. */
  set(value, typed = "") {
    if (value && this.#enter) {
      this.#enter = false;
      return this.choose(value);
    }
    this.value = value;
    this.#input.value = value ? this.#show(value).name : typed;
    this.#say("");
    this.close();
  }

  /** `stay`: Tab took it, and goes on by itself. */
  choose(value, { stay = false } = {}) {
    this.set(value);
    this.dispatchEvent(new CustomEvent("chosen", { detail: { stay } }));
    this.#replay();
  }

  open() {
    this.#ask(0);
  }

  close() {
    this.#reveal(false);
    this.#activate(-1);
    this.#forgetQuestion();
    this.#mark();
  }

  #forgetQuestion() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = null;
    this.#enter = false;
  }

  #build() {
    const id = `choice-${++made}`;
    this.#pop = element("div", "choice-pop");
    this.#list = element("ul", "choice-list");
    this.#rule = element("p", "choice-rule");
    this.#says = element("p", "choice-says");
    this.#pop.hidden = this.#rule.hidden = this.#says.hidden = true;
    this.#list.id = id;
    this.#list.role = "listbox";
    this.#says.role = "status";
    this.#list.setAttribute("aria-label", "Suggestions");
    const settings = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id };
    for (const [name, value] of Object.entries({ ...settings, autocomplete: "off", autocapitalize: "off", spellcheck: "false" })) this.#input.setAttribute(name, value);
    this.#pop.popover = "manual";
    this.#pop.append(this.#list, this.#rule);
    this.#input.after(this.#pop, this.#says);
    this.#pop.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the field
    this.#list.addEventListener("click", (event) => this.#take(this.#indexOf(event)));
    this.#list.addEventListener("mousemove", (event) => this.#activate(this.#indexOf(event), { scroll: false }));
  }

  #indexOf(event) {
    return [...this.#list.children].indexOf(event.target.closest("[role=option]"));
  }

  // Asking

  #typing() {
    const had = this.value;
    this.value = null;
    this.#enter = false;
    this.#mark();
    this.#ask(PAUSE);
    this.dispatchEvent(new Event("typed"));
    if (had) this.dispatchEvent(new CustomEvent("chosen", { detail: { stay: true } }));
  }

  #ask(pause) {
    const typed = this.#input.value.trim();
    clearTimeout(this.#timer);
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    this.#timer = setTimeout(async () => {
      try {
        this.#answered(typed, await this.#find(typed, asking.signal));
      } catch (error) {
        if (!asking.signal.aborted) this.#failed(error);
      }
    }, pause);
  }

  #answered(typed, options) {
    this.#asking = null;
    this.#say("");
    this.#fill(typed, options);
    const shown = this.#list.childElementCount > 0;
    this.#reveal(shown);
    this.#activate(shown && (typed || this.#eager) ? 0 : -1);
    if (!options.length && typed) this.#say(this.#nothing);
    if (this.#enter) this.#take(Math.max(this.#active, 0));
  }

  #failed(error) {
    this.close();
    const gone = error.kind === "offline" || error.kind === "away";
    this.#say(gone ? "No connection: names cannot be looked up. What you typed is kept." : error.message);
    this.#ahead = [];
  }

  /** In the top layer, where no scrolling form cuts it off. */
  #reveal(shown) {
    if (shown === this.isOpen) return shown && this.#place();
    this.#pop.hidden = !shown;
    this.#input.setAttribute("aria-expanded", String(shown));
    const listen = shown ? addEventListener : removeEventListener;
    for (const type of ["scroll", "resize"]) listen(type, this.#place, { capture: true, passive: true });
    if (!this.#pop.showPopover) return;
    if (!shown) return this.#pop.matches(":popover-open") && this.#pop.hidePopover();
    this.#pop.showPopover();
    const need = ROOM - this.#roomBelow;
    if (need > 0) this.#input.dispatchEvent(new CustomEvent("choice:room", { bubbles: true, detail: need }));
    this.#place();
  }

  get #roomBelow() {
    const { height, offsetTop } = visualViewport;
    return offsetTop + height - this.#input.getBoundingClientRect().bottom - EDGE;
  }

  /** Below the field; above it where there is hardly room below, yet never over the head of the form. */
  #place = () => {
    const { left, width, top, bottom } = this.#input.getBoundingClientRect();
    const below = this.#roomBelow;
    const head = this.#input.closest("form").querySelector("header").getBoundingClientRect().bottom;
    const isAbove = below < ROOM / 2 && top - head > below;
    Object.assign(this.#pop.style, { left: `${left}px`, width: `${width}px`, maxHeight: `${Math.min(isAbove ? top - head - 6 : below, MOST)}px` });
    Object.assign(this.#pop.style, isAbove ? { top: "auto", bottom: `${innerHeight - top + 3}px` } : { top: `${bottom + 3}px`, bottom: "auto" });
  };

  #fill(typed, options) {
    this.#options = options;
    this.#shownFor = typed;
    const lines = options.map((option) => this.#line(this.#show(option)));
    const invitation = typed && this.#invite(typed);
    if (invitation) lines.push(this.#line({ name: invitation }, "choice-new"));
    lines.forEach((line, at) => (line.id = `${this.#list.id}-${at}`));
    this.#list.replaceChildren(...lines);
  }

  #line({ name, detail = "" }, kind = "") {
    const line = element("li", `choice-option ${kind}`.trim());
    line.role = "option";
    line.setAttribute("aria-selected", "false");
    line.append(element("bdi", "choice-name", name));
    if (detail) line.append(" ", element("bdi", "choice-detail", detail));
    return line;
  }

  // Choosing

  #activate(index, { scroll = true } = {}) {
    const lines = this.#list.children;
    lines[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = lines[index] && this.isOpen ? index : -1;
    const line = lines[this.#active];
    line?.setAttribute("aria-selected", "true");
    if (line) this.#input.setAttribute("aria-activedescendant", line.id);
    else this.#input.removeAttribute("aria-activedescendant");
    if (scroll) line?.scrollIntoView({ block: "nearest" });
    const option = line && this.#options[this.#active];
    this.#rule.textContent = (option && this.#show(option).rule) || "";
    this.#rule.hidden = !this.#rule.textContent;
  }

  #take(index) {
    this.#enter = false;
    if (this.#options[index]) return this.choose(this.#options[index]);
    if (!this.#list.children[index]) return this.#replay();
    this.close();
    this.#say("");
    this.#ahead = [];
    this.dispatchEvent(new CustomEvent("wanted", { detail: this.#input.value.trim() }));
  }

  #key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (this.#enter) return this.#hold(event);
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves && !event.altKey) this.#move(event, moves[event.key]);
    else if (event.key === "Enter") this.#enterKey(event);
    else if (event.key === "Tab" && !event.shiftKey && this.#input.value && this.#options[this.#active]) this.choose(this.#options[this.#active], { stay: true });
    else if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  #move(event, by) {
    event.preventDefault();
    if (!this.isOpen) return this.open();
    const count = this.#list.childElementCount;
    this.#activate((this.#active + by + count + (this.#active < 0 && by < 0 ? 1 : 0)) % count);
  }

  /** Not handled here: nothing typed and nothing marked, or the value stands already. The form decides then. */
  #enterKey(event) {
    const settled = this.isOpen && this.#shownFor === this.#input.value.trim();
    if (settled && this.#active >= 0) {
      stop(event);
      this.#take(this.#active);
    } else if (!this.value && !settled && (this.#input.value.trim() || (this.#eager && this.#asking))) {
      stop(event);
      this.#enter = true;
      if (!this.#asking) this.open();
    }
  }

  /** Fast hands: what is typed between Enter and the answer goes to where the focus is after the choice. */
  #hold(event) {
    if (event.key === "Escape") return this.#forgetQuestion();
    if (event.key.length === 1 || event.key === "Enter") {
      stop(event);
      if (!event.repeat) this.#ahead.push({ key: event.key, shiftKey: event.shiftKey });
    }
  }

  #replay() {
    const keys = this.#ahead.splice(0);
    for (const { key, shiftKey } of keys) {
      const field = document.activeElement;
      const unhandled = field.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true }));
      if (!unhandled || key.length > 1 || !field.matches("input:not([type=radio], [type=checkbox]), textarea")) continue;
      field.setRangeText(key, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
  }

  // Saying

  #mark() {
    this.#input.toggleAttribute("data-open-end", Boolean(this.typed.trim()) && document.activeElement !== this.#input);
  }

  #say(words) {
    this.#says.textContent = words;
    this.#says.hidden = !words;
  }
}

function stop(event) {
  event.preventDefault();
  event.stopPropagation();
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** Options from the server, each question asked once; `forget()` after something was added. */
export class LookUp {
  #server;
  #path;
  #known = new Map();

  constructor(server, path) {
    this.#server = server;
    this.#path = path;
  }

  async find(query, signal) {
    const key = JSON.stringify(query);
    if (!this.#known.has(key)) {
      const { options } = await this.#server.get(this.#path, query, { signal });
      this.#known.set(key, options);
    }
    return this.#known.get(key);
  }

  forget() {
    this.#known.clear();
  }
}
