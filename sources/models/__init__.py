"""The record: rows that would exist if no annotator had ever opened a document."""

from sources.models.document import Revision, Source
from sources.models.people import Affiliation, Party, Publisher, Speaker

__all__ = ["Affiliation", "Party", "Publisher", "Revision", "Source", "Speaker"]
