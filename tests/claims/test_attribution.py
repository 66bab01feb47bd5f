"""What is read of an attribution from the words around a passage. All names here are invented, but for the corpus."""

import json
from pathlib import Path
from unittest.mock import patch

import pytest

import claims
from claims.attribution import Reading, mentions, read
from claims.attribution import reading as attribution

ADA, BO, NORTH, MINISTRY, OFFICE, OFFICIAL = 1, 2, 3, 4, 5, 6
NAMES = {
    ADA: ["Ada Example", "Ada E."],
    BO: ["Bo al-Sample"],
    NORTH: ["Northland", "Northland Liberation Movement"],
    MINISTRY: ["Ministry of Weather of Southland", "Southland Weather Ministry"],
    OFFICE: ["Governor’s Office (Southland)", "Example’s office"],
    OFFICIAL: ["Senior Southland official (call of 3 May)"],
}
DEMO = Path(claims.__file__).parent / "demo"


def of(marked: str, **more: object) -> Reading:
    """The reading of a text in which each passage stands between ⟦ and ⟧."""
    text, spans, start = "", [], 0
    for character in marked:
        if character == "⟦":
            start = len(text)
        elif character == "⟧":
            spans.append((start, len(text)))
        else:
            text += character
    return read(text, spans, **({"names": NAMES} | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("marked", "kind"),
    [
        ("“⟦We will go⟧”, she said.", "direct"),
        ("⟦“We will go”⟧, she said.", "direct"),
        ("“⟦We’ve⟧”, she said, “⟦gone⟧”.", "direct"),
        ("⟦“We’ve”, she said, “gone”⟧.", "mixed"),
        ("“First. ⟦Second.⟧ Third.”", "direct"),
        ("“He said ‘⟦never⟧’ to me.”", "direct"),
        ("“⟦He said ‘never’ to me.⟧”", "direct"),
        ("⟦She said it was “good”⟧.", "mixed"),
        ("⟦She said we’ve won, the dogs’ day.⟧", "indirect"),
        ("⟦She said they don't know 'til June.⟧", "indirect"),
        ("„⟦Wir gehen⟧“, sagte sie.", "direct"),
        ("»⟦Wir gehen⟧«, sagte sie.", "direct"),
        ("« ⟦Nous partons⟧ », dit-elle.", "direct"),
        ("‹⟦Wir gehen⟧›", "direct"),
        ("「⟦行きます⟧」と述べた。", "direct"),
        ("他说『⟦好⟧』。", "direct"),
        ('She said "yes" and ⟦then she left⟧ with "no".', "indirect"),
        ('She said "yes" and then "⟦never again⟧".', "direct"),
        ("'⟦Never again⟧', she said.", "direct"),
        ('⟦The 6" pipe broke, she said.⟧', "indirect"),
        ('⟦דובר צה"ל אמר שהכוחות נסוגו.⟧', "indirect"),
        ("⟦הוא אמר כ'כה וכו'.⟧", "indirect"),
        ('הוא כתב ב"⟦עיתון הצפון⟧" אתמול.', "direct"),
        ("“⟦One.\n\n“Two.⟧”", "direct"),
        ("“Open to the end.\n\n⟦Plain words.⟧", "indirect"),
        ("👩‍👩‍👧🇺🇳 “⟦Peace 🕊⟧”, she said.", "direct"),
    ],
)
def test_the_kind_comes_from_the_quotation_marks(marked: str, kind: str) -> None:
    assert of(marked).kind == kind


@pytest.mark.parametrize(
    ("marked", "cue", "speaker", "named", "sure"),
    [
        ("“⟦We go⟧”, Ada Example said.", "said", ADA, "Ada Example", True),
        ("“⟦We go⟧”, said Mayor Ada Example on Monday.", "said", ADA, "Mayor Ada Example", True),
        ("Bo al-Sample spoke. “⟦We go⟧”, Example insisted.", "insisted", ADA, "Example", True),
        ("“⟦We go⟧”, said al-Sample.", "said", BO, "al-Sample", True),
        ("“⟦We⟧”, Northland declared, “⟦go⟧”.", "declared", NORTH, "Northland", True),
        ("⟦According to Northland, it rained.⟧", "According to", NORTH, "Northland", True),
        ("⟦Northland called for rain.⟧", "called for", NORTH, "Northland", True),
        ("⟦Northland ruled out rain.⟧", "ruled out", NORTH, "Northland", True),
        ("⟦The news was passed on by phone, which Ada Example passed on.⟧", "passed on", ADA, "Ada Example", True),
        ("⟦Ada Example, the mayor of the town, told Northland that it rained.⟧", "told", ADA, "Ada Example", True),
        ("⟦Bo al-Sample was quoted as saying that it rained.⟧", "saying", BO, "Bo al-Sample", True),
        ("⟦Northland’s mayor, Ada Example, said so.⟧", "said", ADA, "Ada Example", True),
        ("⟦The plan by Northland, Ada Example said, was bad.⟧", "said", ADA, "Ada Example", True),
        ("⟦The office of Governor Ada Example said so.⟧", "said", OFFICE, "The office of Governor Ada Example", False),
        ("⟦Example’s office said so.⟧", "said", OFFICE, "Example’s office", True),
        ("Northland met Ada Example. ⟦She said it rained.⟧", "said", ADA, "She", False),
        ("Ada Example met Northland. ⟦It said it rained.⟧", "said", NORTH, "It", False),
        ("Ada Example praised Northland.\n\n⟦The movement said so.⟧", "said", NORTH, "The movement", False),
        (
            "Ada Example said so.\n\n⟦The weather ministry warned of rain.⟧",
            "warned",
            MINISTRY,
            "The weather ministry",
            False,
        ),
        ("⟦A senior official said so.⟧", "said", OFFICIAL, "A senior official", False),
        ("⟦He saw it, and added that it rained.⟧ ", "added", None, "He", False),
        ("⟦Ada Example and Bo al-Sample said so.⟧", "said", BO, "Bo al-Sample", False),
        ("⟦Cleo Nobody said so.⟧", "said", None, "Cleo Nobody", False),
        ("“⟦We go⟧”, said Cleo Nobody.", "said", None, "Cleo Nobody", False),
        ("Ada Example “said it all”. “⟦We go⟧”, Northland replied.", "replied", NORTH, "Northland", True),
        ("⟦In the report of the ministry there was rain, Ada Example noted.⟧", "noted", ADA, "Ada Example", True),
        ("🌧👩‍👩‍👧 ⟦Ada Example said so.⟧", "said", ADA, "Ada Example", True),
    ],
)
def test_the_cue_and_the_speaker_beside_it(marked: str, cue: str, speaker: int | None, named: str, sure: bool) -> None:
    reading = of(marked)
    assert (reading.cue, reading.speaker, reading.speaker_as_named, reading.sure) == (cue, speaker, named, sure)


NORTH_AR, ADA_AR = {1: ["حركة الشمال"], 2: ["عادل المثال"]}, {1: ["תנועת הצפון"], 2: ["עדה לדוגמה"]}


@pytest.mark.parametrize(
    ("marked", "language", "names", "expected"),
    [
        ("وقالت حركة الشمال إن «⟦المطر سينزل⟧».", "ar", NORTH_AR, ("direct", "قالت", 1, "حركة الشمال")),
        ("⟦وأكد عادل المثال أن المطر سينزل⟧، ثم غادر.", "ar", NORTH_AR, ("indirect", "أكد", 2, "عادل المثال")),
        ("“⟦לא נלך⟧”, אמרה עדה לדוגמה.", "he", ADA_AR, ("direct", "אמרה", 2, "עדה לדוגמה")),
        ('⟦תנועת הצפון הודיעה כי "לא תלך"⟧.', "he", ADA_AR, ("mixed", "הודיעה", 1, "תנועת הצפון")),
        ("« ⟦Non⟧ », a déclaré Ada Example.", "fr-CA", NAMES, ("direct", "a déclaré", ADA, "Ada Example")),
        ("«⟦No⟧», dijo Ada Example.", "es", NAMES, ("direct", "dijo", ADA, "Ada Example")),
        ("„⟦Nein⟧“, sagte Ada Example.", "de", NAMES, ("direct", "sagte", ADA, "Ada Example")),
        ("“⟦Nee⟧”, zei Ada Example.", "nl", NAMES, ("direct", "", ADA, "Ada Example")),
    ],
)
def test_other_languages(
    marked: str, language: str, names: dict[int, list[str]], expected: tuple[str, str, int, str]
) -> None:
    reading = of(marked, names=names, language=language)
    assert (reading.kind, reading.cue, reading.speaker, reading.speaker_as_named) == expected


def test_where_no_verb_stands_the_last_to_speak_is_offered_for_checking() -> None:
    text = "It rained.\n\nIt will rain."
    reading = read(text, [(12, 25)], names=NAMES, spoken=[(0, NORTH), (20, ADA)])
    assert (reading.speaker, reading.why, reading.sure) == (NORTH, "Spoke last in this article: check.", False)


def test_where_nobody_spoke_the_last_one_named_is_offered_for_checking() -> None:
    reading = of("Northland slept. Ada Example slept.\n\nIt rained.\n\nIt snowed.\n\n⟦It will rain.⟧")
    assert (reading.speaker, reading.why, reading.sure) == (ADA, "The last one named before: check.", False)


def test_who_only_owns_something_was_not_the_last_one_named() -> None:
    assert of("Ada Example slept. Northland’s rain fell.\n\n⟦It will rain.⟧").speaker == ADA


def test_without_any_names_kind_and_cue_are_still_read() -> None:
    assert of("“⟦We go⟧”, she said.", names={}) == Reading(
        "direct", "said", None, "she", "The words around do not tell who spoke.", False
    )


def test_names_are_whole_words_and_the_longer_one_wins() -> None:
    text = "Exampleton saw example; Northland Liberation Movement, Northland, Example’s office. Example’s hat."
    assert [(text[found.start : found.end], found.speaker) for found in mentions(text, NAMES)] == [
        ("Northland Liberation Movement", NORTH),
        ("Northland", NORTH),
        ("Example’s office", OFFICE),
        ("Example", ADA),
    ]


def test_a_surname_that_two_share_names_neither() -> None:
    names = {1: ["Ada Example"], 2: ["Bo Example"]}
    assert mentions("Example said so.", names) == []


def test_two_speakers_of_one_name_are_to_be_checked() -> None:
    reading = of("⟦Northland said so.⟧", names={1: ["Northland"], 2: ["Northland"]})
    assert (reading.speaker, reading.sure) == (1, False)


@pytest.mark.parametrize("line_end", ["\n", " "])
def test_of_a_very_long_text_only_the_surroundings_are_read(line_end: str) -> None:
    line = "Rain fell on the hills. " * 20 + line_end
    text = (line * 4200)[:2_000_000]
    at = 1_000_000
    text = f"{text[:at]}\n“We go”, Ada Example said.\n{text[at:]}"
    seen: list[int] = []
    real = attribution.Names.mentions

    def counting(self: attribution.Names, words: str) -> list[attribution.Mention]:
        seen.append(len(words))
        return real(self, words)

    with patch.object(attribution.Names, "mentions", counting):
        assert read(text, [(at + 2, at + 7)], names=NAMES).speaker == ADA
        assert read(text, [(0, 10), (at + 1, 2_000_000)], names=NAMES).kind == "mixed"
    assert sum(seen) <= 2 * (2 * attribution.PASSAGES * 3 * attribution.REACH + attribution.FURTHER)
    assert max(seen) <= 2 * 3 * attribution.REACH


def corpus() -> list[tuple[dict[str, str], Reading]]:
    """Each statement of the corpus as a person coded it, and as it is read."""
    slugs = {speaker["slug"]: speaker for speaker in json.loads((DEMO / "topic.json").read_text())["speakers"]}
    keys = {slug: key for key, slug in enumerate(slugs)}
    names = {keys[slug]: [speaker["name"], *speaker["aliases"]] for slug, speaker in slugs.items()}
    found = []
    for path in sorted((DEMO / "sources").glob("*.json")):
        digest = json.loads(path.read_text())
        text, spoken = digest["text"], []
        for coded in digest["statements"]:
            spans = [(text.index(words), text.index(words) + len(words)) for words in coded["passages"]]
            reading = read(text, spans, names=names, spoken=spoken, language=digest["source"]["language"])
            spoken.append((spans[0][0], keys[coded["speaker"]]))
            found.append(({**coded, "speaker": keys[coded["speaker"]], "cue": coded["cue"] or ""}, reading))
    return found


def test_the_reading_agrees_with_those_who_coded_the_corpus() -> None:
    found = corpus()

    def share(field: str, of: list[tuple[dict[str, str], Reading]]) -> float:
        return sum(coded[field] == getattr(reading, field) for coded, reading in of) / len(of)

    sure = [pair for pair in found if pair[1].sure]
    assert len(found) == 98
    assert share("kind", found) == 1.0
    assert share("cue", found) >= 0.96
    assert share("speaker", found) >= 0.94
    assert share("speaker_as_named", found) >= 0.88
    assert len(sure) >= 31
    assert share("speaker", sure) == 1.0


def test_who_quotes_somebody_else_is_not_taken_for_the_speaker_without_a_check() -> None:
    text = "Ada Example quoted the treaty: “No toll is paid.”"
    at = text.index("No toll")
    found = read(text, [(at, at + 16)], names={1: ["Ada Example"]})
    assert (found.speaker, found.sure) == (1, False)
