"""What the database does by itself (PL/pgSQL), attached to models as their `triggers`.

A CHECK cannot look at another table, and a rule kept in Python alone is no rule for SQL, a bulk insert or the next
program. Errors carry a constraint's name, so that they can be told apart like any other.
"""

from typing import Any

import pgtrigger
from django.db import models

# Before a statement is written: the spans lie in the text of its own source, and the quote is what they cut.
# Fills exacts, prefixes, suffixes, place and the search vector. substr() counts code points, as Python does.
CUT_QUOTE = """
    SELECT r.text INTO body FROM sources_revision r WHERE r.id = NEW.revision_id AND r.source_id = NEW.source_id;
    IF body IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'statement_revision_is_of_its_source',
            MESSAGE = 'The revision of a statement is one of its source.';
    END IF;
    IF NOT spans_well_formed(NEW.spans) THEN
        RETURN NEW;  -- the constraint of that name speaks
    END IF;
    IF NEW.spans[array_length(NEW.spans, 1)][2] > char_length(body) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'statement_spans_are_within_the_text',
            MESSAGE = 'A passage reaches beyond the text of its revision.';
    END IF;
    NEW.exacts := '{}'; NEW.prefixes := '{}'; NEW.suffixes := '{}';
    FOR i IN 1 .. array_length(NEW.spans, 1) LOOP
        NEW.exacts := NEW.exacts || substr(body, NEW.spans[i][1] + 1, NEW.spans[i][2] - NEW.spans[i][1]);
        NEW.prefixes := NEW.prefixes
            || substr(body, greatest(NEW.spans[i][1] - 32, 0) + 1, least(NEW.spans[i][1], 32));
        NEW.suffixes := NEW.suffixes || substr(body, NEW.spans[i][2] + 1, 32);
    END LOOP;
    IF NEW.quote IS DISTINCT FROM array_to_string(NEW.exacts, ' […] ') THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'statement_quote_is_what_the_spans_cut',
            MESSAGE = 'The quotation is not what the passages cut from the text.';
    END IF;
    NEW.place := NEW.spans[1][1];
    NEW.search := (
        SELECT setweight(to_tsvector('parley', NEW.quote || ' ' || NEW.original_quote), 'A')
            || setweight(to_tsvector('parley', concat_ws(' ', s.name, array_to_string(s.aliases, ' '),
                                                         NEW.speaker_as_named)), 'B')
            || setweight(to_tsvector('parley', concat_ws(' ', NEW.occasion, NEW.addressee)), 'C')
        FROM sources_speaker s WHERE s.id = NEW.speaker_id
    );
    RETURN NEW;
"""

# A position's own trigger copies anew whenever its row is touched: so touch it.
POSITIONS_FOLLOW = """
    UPDATE claims_position SET place = place WHERE statement_id = NEW.id;
    RETURN NULL;
"""

# Who and what a published statement names may be seen by the public from then on. Never undone: the permalink stays.
OPEN_TO_PUBLIC = """
    UPDATE sources_source SET is_public = TRUE WHERE id = NEW.source_id AND NOT is_public;
    UPDATE sources_speaker SET is_public = TRUE WHERE NOT is_public AND (
        id = NEW.speaker_id OR id IN (SELECT speaker_id FROM claims_relay WHERE statement_id = NEW.id)
    );
    RETURN NULL;
"""

OPEN_RELAY_TO_PUBLIC = """
    UPDATE sources_speaker SET is_public = TRUE WHERE id = NEW.speaker_id AND NOT is_public AND EXISTS (
        SELECT 1 FROM claims_statement s WHERE s.id = NEW.statement_id AND s.state = 'published'
    );
    RETURN NULL;
"""

SINCE_VERSION = """
    SELECT version INTO NEW.since FROM claims_statement WHERE id = NEW.statement_id;
    RETURN NEW;
"""

# In a table of history: in which version of its statement the row took another form, or went. Its time does not tell,
# where one transaction makes several versions.
UNTIL_VERSION = """
    SELECT version INTO NEW.until FROM claims_statement WHERE id = NEW.statement_id;
    NEW.until := COALESCE(NEW.until, NEW.since);
    RETURN NEW;
"""

COPY_TO_POSITION = """
    SELECT s.said_on_latest, o.published_on, s.source_id, s.place, COALESCE(s.utterance_id, -s.id),
           s.state = 'published', s.party_id, s.version
    INTO NEW.said_on, NEW.printed_on, NEW.source_id, NEW.place, NEW.unit, NEW.published, spoke_for, version
    FROM claims_statement s JOIN sources_source o ON o.id = s.source_id
    WHERE s.id = NEW.statement_id;
    NEW.ascribed := NOT EXISTS (
        SELECT 1 FROM sources_party h, sources_party p
        WHERE h.id = NEW.holder_id AND p.id = spoke_for
        AND (h.id = p.id OR h.id = p.parent_id OR p.id = h.parent_id)
    );
    IF TG_OP = 'INSERT' THEN
        NEW.since := version;
    ELSIF (OLD.claim_id, OLD.holder_id, OLD.stance, OLD.strength, OLD.condition, OLD.rationale)
            IS DISTINCT FROM (NEW.claim_id, NEW.holder_id, NEW.stance, NEW.strength, NEW.condition, NEW.rationale) THEN
        NEW.since := version;
    ELSE
        NEW.since := OLD.since;
    END IF;
    RETURN NEW;
"""

# When the record changes, what was copied from it changes too.
SOURCE_REDATED = """
    UPDATE claims_position SET place = place WHERE source_id = NEW.id;
    RETURN NULL;
"""

PARTY_MOVED = """
    UPDATE claims_position SET place = place WHERE holder_id = NEW.id
        OR statement_id IN (SELECT id FROM claims_statement WHERE party_id = NEW.id);
    RETURN NULL;
"""

SPEAKER_RENAMED = """
    UPDATE claims_statement SET speaker_id = speaker_id WHERE speaker_id = NEW.id;
    RETURN NULL;
"""


def ended_in_version() -> dict[str, Any]:
    """The field of a table of history that `until_version` fills, beside those of the row that it keeps."""
    return {"until": models.PositiveIntegerField(editable=False, default=0)}


def until_version() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="until_version", when=pgtrigger.Before, operation=pgtrigger.Insert, func=UNTIL_VERSION
    )
