"""The record as the interpretation listens to it.

`sources` may not know `claims`, so the triggers that carry a change of the record into the copies held here hang on
proxies, which have no other use.
"""

import pgtrigger

from claims.models import triggers
from sources.models import Party, Source, Speaker


class PrintedSource(Source):
    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            pgtrigger.Trigger(
                name="positions_follow",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("published_on"),
                func=triggers.SOURCE_REDATED,
            ),
        ]


class NestedParty(Party):
    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            pgtrigger.Trigger(
                name="positions_follow",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("parent_id"),
                func=triggers.PARTY_MOVED,
            ),
        ]


class NamedSpeaker(Speaker):
    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            pgtrigger.Trigger(
                name="search_follows",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("name", "aliases"),
                func=triggers.SPEAKER_RENAMED,
            ),
        ]
