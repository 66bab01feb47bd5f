/* Talking to the server: one way to ask, and every way in which that can fail told apart. */

const PATIENCE = 15_000; // milliseconds, then the network counts as gone
const PASSING = new Set(["offline", "away", "out", "stranger"]); // worth trying again later, as it is

/** Something that the server did not do, by `kind`:
 *  offline (no network) · away (the server or its database) · out (logged out) · stranger (logged in as another)
 *  · forbidden · missing · conflict · invalid · broken */
export class Trouble extends Error {
  constructor(kind, message, { status = 0, data = {} } = {}) {
    super(message);
    Object.assign(this, { kind, status, data });
  }

  get passing() {
    return PASSING.has(this.kind);
  }
}

const WORDS = { forbidden: "You may not do this.", missing: "This is not there any more." };
const KINDS = { 401: "out", 403: "forbidden", 404: "missing", 409: "conflict", 422: "invalid" };

function troubleOf(status, data) {
  const kind = KINDS[status] ?? (status >= 500 || status === 429 ? "away" : "broken");
  return new Trouble(kind, data.error ?? WORDS[kind] ?? `The server answered ${status}.`, { status, data });
}

/** Knows the person for whom the page was opened: nothing of theirs is ever sent in another's name.
 *  `state` is online, offline, away, out or stranger; every change of it is a "state" event. */
export class Server extends EventTarget {
  #base;
  #token;
  #user;
  state = "online";
  stranger = "";

  constructor({ base, token, user }) {
    super();
    this.#base = new URL(base, location.href);
    this.#token = token;
    this.#user = String(user);
  }

  /** The answer, or a Trouble; an abort by `signal` is thrown as the AbortError that it is. */
  get(path, query = {}, { signal } = {}) {
    return this.#ask("GET", this.#url(path, query), undefined, { signal });
  }

  /** `parting`: the page is going, and the request should outlive it. */
  async post(path, body = {}, { parting = false } = {}) {
    const send = () => this.#ask("POST", this.#url(path), body, { keepalive: parting });
    try {
      return await send();
    } catch (trouble) {
      if (trouble.kind !== "forbidden" || trouble.data.error) throw trouble;
      await this.probe(); // a log-in in another tab has changed the token
      return send();
    }
  }

  /** Who is logged in now? Takes the new token where it is still the same person. */
  async probe() {
    const { user, token } = await this.#fetch("GET", this.#url("token/"));
    this.meet(user, token);
    if (this.state === "stranger") throw this.#refusal();
  }

  /** An answer that says whose it is. */
  meet(user, token) {
    if (String(user.id) !== this.#user) {
      this.stranger = user.name;
      this.#become("stranger");
    } else {
      this.#token = token ?? this.#token;
      this.#become("online");
    }
  }

  #url(path, query = {}) {
    const url = new URL(path, this.#base);
    for (const [name, value] of Object.entries(query)) if (value !== "" && value != null) url.searchParams.set(name, value);
    return url;
  }

  #refusal() {
    return new Trouble("stranger", `You are now logged in as ${this.stranger}.`);
  }

  async #ask(method, url, body, options) {
    if (this.state === "stranger") throw this.#refusal();
    const answer = await this.#fetch(method, url, body, options);
    this.#become("online");
    return answer;
  }

  async #fetch(method, url, body, { signal, keepalive = false } = {}) {
    const headers = { "X-Requested-With": "fetch", Accept: "application/json" };
    if (method === "POST") Object.assign(headers, { "Content-Type": "application/json", "X-CSRFToken": this.#token });
    const patience = AbortSignal.timeout(PATIENCE);
    let response, data;
    try {
      response = await fetch(url, {
        method,
        headers,
        keepalive,
        credentials: "same-origin",
        redirect: "error", // a page to log in at is not an answer
        body: body && JSON.stringify(body),
        signal: signal ? AbortSignal.any([signal, patience]) : patience,
      });
      data = await this.#read(response);
    } catch (error) {
      if (signal?.aborted) throw error;
      this.#become("offline");
      throw new Trouble("offline", "No connection.");
    }
    if (response.ok) return data;
    const trouble = troubleOf(response.status, data);
    if (trouble.passing) this.#become(trouble.kind);
    throw trouble;
  }

  /** What came, also where it is no JSON (the page of a proxy); a connection lost half-way throws. */
  async #read(response) {
    const text = await response.text();
    try {
      return { ...JSON.parse(text), status: response.status };
    } catch {
      if (response.ok) throw new Error("This is no answer of Parley's.");
      return {};
    }
  }

  #become(state) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}
