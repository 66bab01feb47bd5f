"""The words by which texts in several languages say that somebody spoke: tables, and the patterns made of them."""

import re
from functools import cache

# A verb stands as its forms; "go+on" only counts with its particle, "call+for|on" is taken with one where it has one.
SAYING = """
say says said saying; tell tells told telling; state states stated stating; speak+of|out speaks spoke spoken speaking;
add adds added adding; answer answers answered answering; reply replies replied replying; respond responds responded responding;
argue argues argued arguing; affirm affirms affirmed affirming; assert asserts asserted asserting; aver avers averred;
announce announces announced announcing; declare declares declared declaring; claim claims claimed claiming;
proclaim proclaims proclaimed; pronounce pronounced; insist insists insisted insisting; maintain maintains maintained;
contend contends contended; allege alleges alleged alleging; confirm confirms confirmed confirming; deny denies denied denying;
explain explains explained explaining; clarify clarifies clarified; specify specifies specified; note notes noted noting;
observe observes observed; remark remarks remarked; comment comments commented; mention mentions mentioned mentioning;
report reports reported reporting; recall recalls recalled recalling; recount recounts recounted; reiterate reiterates reiterated;
repeat repeats repeated repeating; restate restates restated; stress stresses stressed stressing;
emphasize emphasise emphasizes emphasises emphasized emphasised emphasizing emphasising; underline underlines underlined;
underscore underscores underscored; highlight highlights highlighted; warn warns warned warning; caution cautions cautioned;
predict predicts predicted; promise promises promised promising; pledge pledges pledged pledging; vow vows vowed vowing;
swear swears swore; assure assures assured; guarantee guarantees guaranteed; acknowledge acknowledges acknowledged;
admit admits admitted admitting; concede concedes conceded; confess confesses confessed; complain complains complained;
lament laments lamented; protest protests protested; object objects objected; counter counters countered; retort retorts retorted;
rebut rebuts rebutted; suggest suggests suggested; propose proposes proposed; hint hints hinted; imply implies implied;
conclude concludes concluded; continue continued; go+on goes went gone going; interject interjected; exclaim exclaims exclaimed;
shout shouts shouted; whisper whispers whispered; write writes wrote written writing; post posted; tweet tweets tweeted;
read reads; testify testifies testified; disclose disclosed; reveal reveals revealed; inform informs informed; notify notifies notified;
signal signals signaled signalled; indicate indicates indicated; opine opines opined; quip quips quipped; joke joked;
demand demands demanded demanding; quote quotes quoted; cite cites cited; point+out points pointed; make+clear makes made;
lay+out lays laid; set+out|forth sets; read+out|aloud; spell+out spells spelled spelt; pass+on passes passed; hit+back hits
"""
STANCE = """
ask+for asks asked asking; urge urges urged urging; call+for|on|upon calls called calling; appeal+for|to appeals appealed;
request requests requested; order orders ordered; advise advises advised; recommend recommends recommended; invite invites invited;
describe describes described; present presents presented; list lists listed; name names named; characterize characterized;
characterise characterised; dismiss dismisses dismissed; reject rejects rejected rejecting; refuse refuses refused;
decline declines declined; rule+out rules ruled; welcome welcomes welcomed; praise praises praised; applaud applauded; hail hails hailed;
commend commended; thank thanks thanked; congratulate congratulated; criticize criticise criticizes criticises criticized criticised;
condemn condemns condemned; denounce denounces denounced; deplore deplores deplored; decry decries decried; blame blames blamed;
accuse accuses accused; threaten threatens threatened; back+down backed; endorse endorses endorsed; oppose opposes opposed;
defend defends defended; question questions questioned; express expresses expressed; voice voices voiced; offer offers offered;
regret regrets regretted; hope hopes hoped
"""
OTHERS = {
    "fr": "a dit|ont dit|dit|disent|déclare|a déclaré|ont déclaré|affirme|a affirmé|ont affirmé|ajoute|a ajouté|explique|a expliqué"
    "|assure|a assuré|estime|a estimé|annonce|a annoncé|précise|a précisé|souligne|a souligné|répond|a répondu|rappelle|a rappelé"
    "|demande|a demandé|écrit|a écrit|appelle à|a appelé à|accuse|a accusé|exclut|a exclu|rejette|a rejeté",
    "es": "dijo|dijeron|dice|dicen|declaró|declararon|afirmó|afirmaron|afirma|agregó|añadió|explicó|aseguró|anunció|señaló|sostuvo"
    "|respondió|contestó|insistió|indicó|manifestó|subrayó|recordó|advirtió|negó|reiteró|pidió|exigió|escribió|rechazó|descartó",
    "de": "sagte|sagten|sagt|erklärte|erklärten|erklärt|betonte|behauptete|meinte|fügte hinzu|antwortete|entgegnete|kündigte an"
    "|teilte mit|teilten mit|warnte|forderte|forderten|verlangte|schrieb|berichtete|bekräftigte|versicherte|räumte ein|wies zurück"
    "|lehnte ab|kritisierte|bestätigte|unterstrich|schloss aus",
    "ar": "قال|قالت|قالوا|يقول|تقول|صرح|صرّح|صرحت|صرّحت|أعلن|أعلنت|أكد|أكّد|أكدت|أكّدت|أضاف|أضافت|أوضح|أوضحت|أشار|أشارت|ذكر|ذكرت|شدد|شدّد|شددت"
    "|اعتبر|اعتبرت|رأى|طالب|طالبت|دعا|دعت|حذر|حذّر|حذرت|رد|ردّ|ردت|نفى|نفت|زعم|زعمت|كتب|كتبت|لفت|تابع|تابعت|رفض|رفضت",
    "he": "אמר|אמרה|אמרו|אומר|אומרת|אומרים|הוסיף|הוסיפה|הוסיפו|הודיע|הודיעה|הודיעו|הצהיר|הצהירה|טען|טענה|טענו|הדגיש|הדגישה|הבהיר|הבהירה"
    "|ציין|ציינה|השיב|השיבה|הסביר|הסבירה|מסר|מסרה|מסרו|הכריז|הכריזה|הזהיר|הזהירה|דרש|דרשה|קרא|קראה|כתב|כתבה|הכחיש|הכחישה|דחה|דחתה",
}
SOURCES = {  # the speaker follows
    "en": "[Aa]ccording to",
    "fr": "selon|d'après",
    "es": "según",
    "de": "laut",
    "ar": "بحسب|حسب",
    "he": "לדברי|לפי",
}
PRONOUNS = {
    "en": {"he": "person", "she": "person", "it": "body", "they": "body"},
    "fr": {"il": "", "elle": "", "ils": "", "elles": ""},
    "es": {"él": "person", "ella": "person", "ellos": "", "ellas": ""},
    "de": {"er": "person", "sie": "", "es": "body"},
    "ar": {"هو": "", "هي": "", "هم": ""},
    "he": {"הוא": "", "היא": "", "הם": "", "הן": ""},
}
AND = {"ar": "و", "he": "ו"}  # written onto the word that follows
VERB_FIRST = {"ar", "he"}

# What a speaker is called who is not named: of a person, of a body, of what either of them issued.
PERSON_NOUNS = """official minister president premier spokesman spokeswoman spokesperson leader chief head secretary ambassador envoy
diplomat adviser advisor aide correspondent reporter journalist general commander negotiator chairman chairwoman director mayor
senator governor king queen prince emir amir chancellor lawmaker lawyer judge mediator activist professor expert analyst source"""
BODY_NOUNS = """movement ministry office government group party organisation organization agency army military council cabinet
committee court union alliance bureau department delegation administration presidency company outlet newspaper commission embassy
authority parliament coalition faction team board bloc police federation leadership newsroom palace association"""
PAPERS = "statement readout communique communiqué declaration letter report text document release message post transcript note"
PLURALS = "officials ministers presidents leaders spokesmen governments groups parties mediators ministries states countries three two four"
NOUNS = (
    dict.fromkeys(PERSON_NOUNS.split(), "person")
    | dict.fromkeys(BODY_NOUNS.split(), "body")
    | dict.fromkeys(PAPERS.split(), "paper")
    | dict.fromkeys(PLURALS.split(), "body")
)
TITLES = """President Minister Premier Chancellor King Queen Prince Princess Sheikh Emir Amir Sir Lord Lady Dame Mr Mr. Mrs Mrs. Ms Ms. Dr
Dr. Prof. Professor General Gen. Colonel Col. Captain Secretary Senator Sen. Rep. Representative Governor Gov. Mayor Ambassador Envoy
Judge Justice Pope Bishop Archbishop Rabbi Imam Chief Spokesman Spokeswoman Spokesperson Commander Leader Director Speaker
spokesman spokeswoman spokesperson correspondent reporter minister president secretary leader chief envoy ambassador adviser"""
_DATES = """Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September
October November December"""
DATES = tuple(_DATES.split())
_PREPOSITIONS = """of by to with from for on about between against at in near than via toward towards under over after before like
into including along"""
PREPOSITIONS = tuple(_PREPOSITIONS.split())

# What may stand between a subject and its verb.
BETWEEN = re.compile(
    r"(?:(?:\s+|^)(?:had|has|have|is|was|were|are|be|been|being|did|does|do|will|would|could|also|then|later|earlier|again|once|even|too"
    r"|first|now|today|yesterday|further|still|once more|who|(?:reported|quoted|cited) as|\w+ly)(?=\s*$))|\s+$",
    re.IGNORECASE,
)
# Before a word of the tables: it is a noun ("the report"). After it: the next verb tells ("was quoted as saying").
NOUN_BEFORE = re.compile(
    r"(?:\b(?:the|an?|its|their|his|her|this|that one|no|any|of|by|with|in|on|from|'s)|'s)\s+$", re.IGNORECASE
)
AS_SAYING = re.compile(r"\s+as\s+(?:saying|having|telling)\b")
JOINED = re.compile(r"(?:^|[\s,;])(?:and|but|or|while|before|then)$", re.IGNORECASE)


def _verbs(table: str) -> list[tuple[str, str]]:
    """(forms as an alternation, particles as one) of each verb of a table."""
    verbs = []
    for entry in " ".join(table.split()).split(";"):
        head, *forms = entry.split()
        verb, _, particle = head.partition("+")
        verbs.append(("|".join(sorted({verb, *forms}, key=len, reverse=True)), particle))
    return verbs


def _pattern(verbs: list[tuple[str, str]]) -> str:
    """Those with a particle come first, so that "called for" is not read as "called"."""
    phrases = [rf"(?:{forms})\s+(?:{particle})" for forms, particle in verbs if particle]
    alone = [forms for forms, particle in verbs if not particle or particle in {"for", "for|on|upon", "for|to"}]
    return "|".join([*phrases, *alone])


@cache
def cues(language: str) -> re.Pattern[str]:
    """Finds reporting verbs, and phrases that do their work, as whole words.

    Groups: "cue", the words; "source" where the speaker follows ("according to"); "stance" for a verb that tells an
    attitude rather than speech. An unknown language has none.
    """
    if language == "en":
        verbs = f"(?P<stance>{_pattern(_verbs(STANCE))})|{_pattern(_verbs(SAYING))}"
    else:
        words = sorted(filter(None, OTHERS.get(language, "").split("|")), key=len, reverse=True)
        verbs = "|".join([*words, r"(?!)(?P<stance>)"])
    prefix = AND.get(language, "")
    source = SOURCES.get(language, "(?!)")
    pattern = rf"(?<![\w-])(?:{prefix})?(?P<cue>(?P<source>{source})|{verbs})(?![\w-])"
    return re.compile(pattern.replace(" ", r"\s+"))
