"""In whose name an import is made, and how far it goes."""

from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied

from claims.models import Topic
from claims.roles import may_review


@dataclass(frozen=True)
class Desk:
    """Drafts of the annotator; submitted, if so wished; published, if a reviewer stands for them.

    Raises PermissionDenied unless the annotator may annotate and the reviewer, somebody else, may review.
    """

    annotator: User
    reviewer: User | None = None
    submit: bool = False
    full_text_public: bool = False
    keep: bool = False  # leave a row that is there as it is, whatever the file says
    topics: list[Topic] = field(default_factory=list)  # where claims are looked for first

    def __post_init__(self) -> None:
        if not self.annotator.has_perm("claims.add_statement"):
            raise PermissionDenied(f"{self.annotator} may not annotate: add that user to the group Annotators.")
        if self.reviewer is None:
            return
        if self.reviewer == self.annotator:
            raise PermissionDenied(f"{self.reviewer} cannot review what the same user annotates: name two users.")
        if not may_review(self.reviewer):
            raise PermissionDenied(f"{self.reviewer} may not review: add that user to the group Reviewers.")
