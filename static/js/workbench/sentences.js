// Sentences as a reader sees them: the browser ends one after every “Mr.”, “U.S.” and “Go!”, whatever follows.

const NO_END = /(?:^|[\s.\p{Ps}\p{Pi}"'])(?:\p{Lu}|Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Maj|Capt|Cmdr|Adm|Sgt|Sen|Rep|Gov|Rev|Hon|St)\.\s*$/u;
const NO_START = /^[\p{Ps}\p{Pi}"']*\p{Ll}/u;

// The ends in a paragraph of the sentence around an index; null where there is none.
export function sentenceAround(segmenter, paragraph, at) {
  let start = 0;
  let end = 0;
  let isOpen = false; // whether what was read last goes on
  for (const { segment, index } of segmenter.segment(paragraph)) {
    if (!isOpen && !NO_START.test(segment)) {
      if (at < end) break;
      start = index;
    }
    end = index + segment.length;
    isOpen = NO_END.test(segment);
  }
  return at < end ? [start, end] : null;
}
