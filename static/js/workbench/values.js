/* What a form holds: its plain fields, how they read in words, and when two of them say the same. */

export const PLAIN = ["kind", "cue", "speaker_as_named", "role", "addressee", "occasion", "said_on", "said_on_precision", "said_on_as_printed", "language", "original_quote", "note"];

export const STANCES = ["supports", "conditional", "neutral", "opposes", "declined"];
const STANCE_WORDS = {
  proposal: { supports: "supports", conditional: "on a condition", neutral: "takes no side", opposes: "opposes", declined: "declines to say" },
  fact: { supports: "affirms", conditional: "affirms with reservations", neutral: "takes no side", opposes: "denies", declined: "declines to say" },
};
export const KIND_WORDS = { direct: "Quoted", indirect: "Reported", mixed: "Partly quoted" };

export function stanceWords(stance, claimKind) {
  return (STANCE_WORDS[claimKind] ?? STANCE_WORDS.proposal)[stance] ?? "";
}

export function emptyValues({ spans, exacts, saidOn, language }) {
  const plain = Object.fromEntries(PLAIN.map((name) => [name, ""]));
  return { ...plain, spans, exacts, said_on: saidOn, said_on_precision: "day", language, speaker: null, party: null, positions: [], via: [] };
}

/** A date known to the month or the year stands on its first day. */
export function firstDay(day, precision) {
  if (!day || precision === "day") return day;
  return precision === "month" ? `${day.slice(0, 7)}-01` : `${day.slice(0, 4)}-01-01`;
}

const SHAPES = {
  day: { day: "numeric", month: "long", year: "numeric" },
  month: { month: "long", year: "numeric" },
  year: { year: "numeric" },
};

export function dateWords(day, precision = "day") {
  const date = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(date.getTime()) ? "" : new Intl.DateTimeFormat("en-GB", { ...SHAPES[precision], timeZone: "UTC" }).format(date);
}

export function timeWords(date) {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(date);
}

export function shorten(words, limit = 90) {
  const letters = [...words];
  return letters.length <= limit ? words : `${letters.slice(0, limit - 1).join("").trimEnd()}…`;
}

export function quoteOf({ exacts }) {
  return exacts.join(" […] ");
}

// Parties

/** Is a position of `holder`, said by one who spoke for `party`, their own? The same rule as the database's. */
export function isOwn(holder, party, parties) {
  if (!holder || !party) return false;
  const parent = (id) => parties.find((one) => one.id === id)?.parent ?? null;
  return holder.id === party.id || parent(holder.id) === party.id || parent(party.id) === holder.id;
}

/** Whom the speaker is taken to have spoken for, in words. */
export function spokeWords({ speaker, party, role, said_on, said_on_precision }) {
  if (!speaker) return "";
  const when = dateWords(said_on, said_on_precision);
  const on = !when ? "" : said_on_precision === "day" ? ` on ${when}` : ` in ${when}`;
  if (!party) return `${speaker.name}: no party on record${on}.`;
  return `${speaker.name} spoke for ${party.name}${role ? `, as ${role},` : ""}${on}.`.replace(",.", ".");
}

export function ascribedWords({ speaker, party }, holder) {
  const who = speaker?.name ?? "The speaker";
  return `Ascribed: ${who}${party ? ` (${party.name})` : ""} says this of ${holder.name}. It will not count as ${holder.name}’s own word.`;
}

// Comparing two versions

const FIELD_NAMES = {
  spans: "Words", speaker: "Speaker", kind: "Told as", cue: "Cue verb", party: "Spoke for", role: "As what", said_on: "Said on", said_on_precision: "Known to the",
  said_on_as_printed: "Date as printed", speaker_as_named: "Named there as", addressee: "Said to", occasion: "Occasion", via: "Relayed by",
  language: "Language", original_quote: "In the original words", note: "Note",
};

function fieldWords(name, values) {
  if (name === "spans") return quoteOf(values);
  if (name === "kind") return KIND_WORDS[values.kind] ?? "";
  if (name === "said_on") return dateWords(values.said_on);
  if (name === "via") return values.via.map((relay) => relay.name).join(", ");
  return values[name]?.name ?? values[name] ?? "";
}

function fieldSense(name, values) {
  if (name === "spans") return JSON.stringify(values.spans);
  if (name === "via") return JSON.stringify(values.via.map(({ kind, id }) => [kind, id]));
  return JSON.stringify(values[name]?.id ?? values[name] ?? "");
}

function positionWords(position) {
  if (!position) return "";
  const { claim, holder, stance, strength, condition, rationale } = position;
  const parts = [`${holder?.name ?? ""}: ${stanceWords(stance, claim.kind)}`, strength === "strong" && "strong", condition && `if ${condition}`, rationale && `because ${rationale}`];
  return parts.filter(Boolean).join("; ");
}

function positionSense(position) {
  return position ? JSON.stringify([position.stance, position.strength ?? "plain", position.condition ?? "", position.rationale ?? ""]) : "";
}

const positionKey = ({ claim, holder }) => `${claim.id}:${holder?.id}`;

/** Where two versions differ: [{key, name, mine, theirs}] in words; a key is a field, or a position's claim and holder. */
export function differences(mine, theirs) {
  const fields = Object.entries(FIELD_NAMES)
    .filter(([key]) => fieldSense(key, mine) !== fieldSense(key, theirs))
    .map(([key, name]) => ({ key, name, mine: fieldWords(key, mine), theirs: fieldWords(key, theirs) }));
  const keys = new Set([...theirs.positions, ...mine.positions].map(positionKey));
  const find = ({ positions }, key) => positions.find((position) => positionKey(position) === key);
  const positions = [...keys]
    .map((key) => ({ key: `position ${key}`, one: find(mine, key), other: find(theirs, key) }))
    .filter(({ one, other }) => positionSense(one) !== positionSense(other))
    .map(({ key, one, other }) => ({ key, name: (one ?? other).claim.label, mine: positionWords(one), theirs: positionWords(other) }));
  return [...fields, ...positions];
}

/** One version made of two: of each difference, the side that was chosen ({key: "mine" | "theirs"}). */
export function merge(mine, theirs, chosen) {
  const merged = { ...mine };
  for (const key of Object.keys(FIELD_NAMES)) if (chosen[key] === "theirs") merged[key] = theirs[key];
  if (chosen.spans === "theirs") merged.exacts = theirs.exacts;
  const keep = (side) => (position) => (chosen[`position ${positionKey(position)}`] ?? "mine") === side;
  merged.positions = [...mine.positions.filter(keep("mine")), ...theirs.positions.filter(keep("theirs"))];
  return merged;
}
