/* Every few seconds: is the server there, is this still the same person, who else is here, what have they changed. */

const SEEN = 5_000;
const HIDDEN = 30_000;
const AT_ONCE = 50; // statements asked for in one go

/** "here" (detail: the others), "cards" (detail: {cards, gone}). */
export class Pulse extends EventTarget {
  #server;
  #mark;
  #editing;
  #known;
  #timer = 0;
  #beating = false;
  #tab;

  /** `known()` gives {id: version} of the cards there are; `editing()` the id of the open form's statement. */
  constructor({ server, mark, tab, known, editing }) {
    super();
    this.#server = server;
    this.#mark = mark;
    this.#tab = tab;
    this.#known = known;
    this.#editing = editing;
  }

  start() {
    const now = () => this.beat();
    document.addEventListener("visibilitychange", now);
    addEventListener("focus", now);
    addEventListener("online", now);
    addEventListener("pageshow", (event) => event.persisted && now());
    this.beat();
  }

  async beat() {
    if (this.#beating) return;
    this.#beating = true;
    clearTimeout(this.#timer);
    try {
      await this.#ask();
    } catch (trouble) {
      if (!trouble.kind) throw trouble;
      // The server's own state says it: see `status.js`.
    } finally {
      this.#beating = false;
      this.#timer = setTimeout(() => this.beat(), document.hidden ? HIDDEN : SEEN);
    }
  }

  async #ask() {
    if (["out", "stranger"].includes(this.#server.state)) await this.#server.probe();
    const answer = await this.#server.post("pulse/", { mark: this.#mark, editing: this.#editing(), tab: this.#tab });
    this.#server.meet(answer.user, answer.token);
    if (this.#server.state !== "online") return;
    this.dispatchEvent(new CustomEvent("here", { detail: answer.here }));
    if (answer.versions) await this.#follow(answer.versions);
    this.#mark = answer.mark;
    if (answer.revision) this.dispatchEvent(new CustomEvent("revision", { detail: answer.revision }));
  }

  /** Only what changed is asked for. */
  async #follow(versions) {
    const known = this.#known();
    const wanted = Object.keys(versions).filter((id) => known[id] !== versions[id]);
    const cards = {};
    for (let at = 0; at < wanted.length; at += AT_ONCE) {
      const answer = await this.#server.get("statements/", { id: wanted.slice(at, at + AT_ONCE).join(",") });
      Object.assign(cards, answer.cards);
    }
    const gone = Object.keys(known).filter((id) => !(id in versions));
    if (wanted.length || gone.length) this.dispatchEvent(new CustomEvent("cards", { detail: { cards, gone } }));
  }
}
