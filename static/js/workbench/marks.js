// Quotation marks: which open, which close, and which pairs stand in a paragraph. Apostrophes are not marks.

// What may close each mark that opens. Languages disagree: “ closes „ in German, and opens in English.
const CLOSERS = {
  "“": "”", "‘": "’", "„": "“”", "‚": "‘’", "«": "»", "‹": "›", "»": "«»", "›": "‹›", "”": "”",
  "「": "」", "『": "』", "﹁": "﹂", "﹃": "﹄", "〝": "〞〟", "＂": "＂", '"': '"', "'": "'",
};
const MARK = new RegExp(`[${[...new Set(Object.entries(CLOSERS).flat().join(""))].join("")}]`, "gu");
const LEFT = "“‘«‹"; // they open, unless the innermost open mark is one that they close
const OPEN_BY_PLACE = `”»›＂"'`; // they close what they can; else they open, where a mark can open

const WORD = /[\p{L}\p{N}\p{M}]/u;
const LAST_LETTER = /^\p{L}\p{M}*(?![\p{L}\p{N}\p{M}])/u;
const BEFORE_OPENING = /^$|[\p{White_Space}\p{Ps}\p{Pi}\p{Pd}\p{Cf}\p{Script=Hebrew}"'„‚]/u; // Hebrew prefixes join on
const NOT_AFTER_OPENING = /^$|[\p{White_Space}\p{Pe}\p{Pf},.;:!?]/u;

// In the middle of a word it is an apostrophe (don’t), and before a word's last letter a Hebrew gershayim (ארה"ב).
function isApostrophe(text, at) {
  if (!WORD.test(text[at - 1] ?? "")) return false;
  if (text[at] === '"') return LAST_LETTER.test(text.slice(at + 1, at + 9));
  return "'’".includes(text[at]) && WORD.test(text[at + 1] ?? "");
}

function canOpen(text, at) {
  if (!OPEN_BY_PLACE.includes(text[at])) return text[at] in CLOSERS;
  return BEFORE_OPENING.test(text[at - 1] ?? "") && !NOT_AFTER_OPENING.test(text[at + 1] ?? "");
}

// Every pair of marks in a paragraph, as the indices of its two marks. One that opens the paragraph and is not closed
// in it runs to the end, as newspapers print a quotation of several paragraphs.
export function pairs(text) {
  const found = [];
  const open = [];
  const closedBy = (mark) => (at) => CLOSERS[text[at]].includes(mark);
  for (const { 0: mark, index } of text.matchAll(MARK)) {
    if (isApostrophe(text, index)) continue;
    const closes = LEFT.includes(mark) ? open.slice(-1).some(closedBy(mark)) : open.some(closedBy(mark));
    if (closes) {
      open.length = open.findLastIndex(closedBy(mark)) + 1;
      found.push([open.pop(), index]);
    } else if (canOpen(text, index)) {
      open.push(index);
    }
  }
  if (open.length && text.slice(0, open[0]).trim() === "") found.push([open[0], text.length]);
  return found;
}

// The ends of the text without one pair of marks around all of it; of all of it where those marks stand inside again.
export function unquoted(text) {
  const last = text.length - 1;
  const isPair = pairs(text).some(([first, end]) => first === 0 && end === last);
  const same = text[0] + text[last];
  const again = ({ 0: mark, index }) => same.includes(mark) && 0 < index && index < last && !isApostrophe(text, index);
  return isPair && ![...text.matchAll(MARK)].some(again) ? [1, last] : [0, text.length];
}
