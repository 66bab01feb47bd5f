"""What can be known of an attribution from the words alone: kind, cue and speaker of a passage.

Pure functions over a text, as in claims/anchors.py: no database, no topic. Only a proposal: an editor decides.
"""

from claims.attribution.naming import Mention
from claims.attribution.reading import Reading, mentions, read

__all__ = ["Mention", "Reading", "mentions", "read"]
