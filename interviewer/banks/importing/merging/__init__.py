"""A bank that people have edited and the same bank made anew from its source, brought together.

What the importer wrote is known by its digests in `Question.made`. What nobody has touched follows the source; what
was edited stays, and where the source has changed as well, both versions are reported.
"""

from interviewer.banks.importing.merging.banks import Merged, merge
from interviewer.banks.importing.merging.notes import Change, Did, has_edited_criteria, made_of

__all__ = ["Change", "Did", "Merged", "has_edited_criteria", "made_of", "merge"]
