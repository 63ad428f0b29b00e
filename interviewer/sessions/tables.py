"""The tables of the database, as the newest migration leaves them."""

from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData()


def _table(name: str, *columns: sa.Column[Any], **options: Any) -> sa.Table:
    return sa.Table(name, metadata, *columns, **options)


interviews = _table(
    "interviews",
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False, index=True),
    sa.Column("begun_at", sa.String(32), nullable=False),
    sa.Column("title", sa.Text, nullable=True),  # what its owner calls it
)

events = _table(
    "events",
    sa.Column("interview", sa.String(32), sa.ForeignKey("interviews.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
)

# A bank as it was when an interview on it began; the first event names its digest.
banks = _table(
    "banks",
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
)

# Read model: one row for each interview, with all that lists of interviews show.
overviews = _table(
    "overviews",
    sa.Column("interview", sa.String(32), sa.ForeignKey("interviews.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("begun_at", sa.String(32), nullable=False),
    sa.Column("changed_at", sa.String(32), nullable=False),
    sa.Column("bank", sa.String(80), nullable=False),
    sa.Column("bank_zh", sa.Text, nullable=False),
    sa.Column("bank_en", sa.Text, nullable=False),
    sa.Column("mode", sa.String(16), nullable=False),
    sa.Column("phase", sa.String(16), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("planned", sa.Integer, nullable=False),
    sa.Column("answered", sa.Integer, nullable=False),
    sa.Column("graded", sa.Integer, nullable=False),
    sa.Column("failed", sa.Integer, nullable=False),
    sa.Column("due", sa.Integer, nullable=False),
    sa.Column("low", sa.Float, nullable=True),
    sa.Column("high", sa.Float, nullable=True),
    sa.Column("is_estimate", sa.Boolean, nullable=False),
    sa.Column("problem", sa.Text, nullable=False),
    sa.Column("waiting", sa.Text, nullable=False),  # `bank/question` of each that is still to be answered
)
sa.Index("ix_overviews_owner", overviews.c.owner, overviews.c.changed_at)
sa.Index("ix_overviews_changed_at", overviews.c.changed_at)
_IS_DUE = overviews.c.due > 0
sa.Index("ix_overviews_due", overviews.c.interview, sqlite_where=_IS_DUE, postgresql_where=_IS_DUE)
_IS_OPEN = overviews.c.phase != "over"
sa.Index(
    "ix_overviews_open", overviews.c.owner, overviews.c.changed_at, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN
)

# Read model: what an interview is found by, besides its title: the names of its bank and what it asks, folded.
interview_words = _table(
    "interview_words",
    sa.Column("interview", sa.String(32), sa.ForeignKey("interviews.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("words", sa.Text, nullable=False),
)

# Interviews that were deleted and can be put back for a while: the snapshot of the bank, and the events as JSON.
removed_interviews = _table(
    "removed_interviews",
    sa.Column("interview", sa.String(32), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("title", sa.Text, nullable=True),
    sa.Column("removed_at", sa.String(32), nullable=False),
    sa.Column("bank", sa.Text, nullable=False),
    sa.Column("events", sa.Text, nullable=False),
)

# Read model: one row for each effective verdict on each attempt. `ruled_by` is null where nobody ruled, '' where the
# candidate did. `question` is its id in its `bank`; `rating` is null where the verdict is no review of the criterion, and
# `seconds` is how long the answers of the attempt took, null where that is not known.
outcomes = _table(
    "outcomes",
    sa.Column("owner", sa.String(64), primary_key=True),
    sa.Column("interview", sa.String(32), sa.ForeignKey("interviews.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("question", sa.String(80), primary_key=True),
    sa.Column("attempt", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("criterion", sa.String(80), primary_key=True),
    sa.Column("bank", sa.String(80), primary_key=True),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("rubric", sa.String(16), nullable=False),
    sa.Column("level", sa.String(16), nullable=True),
    sa.Column("grader_level", sa.String(16), nullable=True),
    sa.Column("ruled_by", sa.Text, nullable=True),
    sa.Column("aid", sa.String(16), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("answered_at", sa.String(32), nullable=False),
    sa.Column("rating", sa.String(8), nullable=True),
    sa.Column("seconds", sa.Float, nullable=True),
    sqlite_with_rowid=False,
)
sa.Index("ix_outcomes_answered", outcomes.c.owner, outcomes.c.answered_at)
sa.Index("ix_outcomes_question", outcomes.c.owner, outcomes.c.bank, outcomes.c.question, outcomes.c.answered_at)

# Read model: what is known of the owner's memory of each criterion. Times are UTC; `stability` is in days, `held` what it
# was before the last review, and `unaided` how often the criterion was met without help.
review_cards = _table(
    "review_cards",
    sa.Column("owner", sa.String(64), primary_key=True),
    sa.Column("bank", sa.String(80), primary_key=True),
    sa.Column("question", sa.String(80), primary_key=True),
    sa.Column("criterion", sa.String(80), primary_key=True),
    sa.Column("due", sa.String(32), nullable=False),
    sa.Column("last_review", sa.String(32), nullable=False),
    sa.Column("stability", sa.Float, nullable=False),
    sa.Column("difficulty", sa.Float, nullable=False),
    sa.Column("held", sa.Float, nullable=True),
    sa.Column("rating", sa.String(8), nullable=False),
    sa.Column("reviews", sa.Integer, nullable=False),
    sa.Column("unaided", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)

# What an owner wrote about a question for later, and whether it is marked to be found again.
question_notes = _table(
    "question_notes",
    sa.Column("owner", sa.String(64), primary_key=True),
    sa.Column("bank", sa.String(80), primary_key=True),
    sa.Column("question", sa.String(80), primary_key=True),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("is_bookmarked", sa.Boolean, nullable=False),
    sa.Column("changed_at", sa.String(32), nullable=False),
)

# What an owner chose for practice: the day of a real interview (ISO date), and the most questions a day.
owner_settings = _table(
    "owner_settings",
    sa.Column("owner", sa.String(64), primary_key=True),
    sa.Column("exam_on", sa.String(10), nullable=True),
    sa.Column("daily_cap", sa.Integer, nullable=True),
)

# The owners who signed in. `issuer` and `subject` are who a person is to the provider; the role is settled where an admin
# gave it; sessions of an earlier `epoch` have ended.
accounts = _table(
    "accounts",
    sa.Column("owner", sa.String(64), primary_key=True),
    sa.Column("issuer", sa.String(255), nullable=False),
    sa.Column("subject", sa.String(255), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("is_role_settled", sa.Boolean, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
)
sa.Index("ix_accounts_person", accounts.c.issuer, accounts.c.subject, unique=True)

# What owners chose to be graded by, with their keys; only the key of the settings decrypts the body.
model_choices = _table(
    "model_choices",
    sa.Column("owner", sa.String(64), primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("changed_at", sa.String(32), nullable=False),
)

# Who works on what an interview is owed, so that no two processes pay a model for the same thing.
leases = _table(
    "claims",
    sa.Column("interview", sa.String(32), sa.ForeignKey("interviews.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("effect_key", sa.String(255), primary_key=True),
    sa.Column("holder", sa.String(255), nullable=False),
    sa.Column("until", sa.Float, nullable=False),
)

# A class; its owner is the coach. Whoever has the token of the invitation may join until it ends; a new one takes its place.
classes = _table(
    "classes",
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("owner", sa.String(64), nullable=False, index=True),
    sa.Column("created_at", sa.String(32), nullable=False),
    sa.Column("invitation", sa.String(64), nullable=False, unique=True, index=True),
    sa.Column("invites_until", sa.String(32), nullable=False),
    sa.Column("daily_tokens", sa.Integer, nullable=True),  # what its gradings may cost in 24 hours; null for any number
)

class_members = _table(
    "class_members",
    sa.Column("classroom", sa.String(32), sa.ForeignKey("classes.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("owner", sa.String(64), primary_key=True, index=True),
    sa.Column("joined_at", sa.String(32), nullable=False),
)

# What a class is to do: `questions` are ids of the bank with blanks between them, all of the bank where it is empty.
assignments = _table(
    "assignments",
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("classroom", sa.String(32), sa.ForeignKey("classes.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("bank", sa.String(80), nullable=False),
    sa.Column("questions", sa.Text, nullable=False),
    sa.Column("mode", sa.String(16), nullable=False),
    sa.Column("due_on", sa.String(10), nullable=True),  # ISO date; its last moment is where the candidate is
    sa.Column("created_at", sa.String(32), nullable=False),
)

# The interview by which a candidate does an assignment. It stays here when the interview is deleted, so that it belongs
# to the assignment again when it is put back; so its id is no foreign key, nor is that in the notes.
assigned_interviews = _table(
    "assigned_interviews",
    sa.Column("assignment", sa.String(32), sa.ForeignKey("assignments.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("owner", sa.String(64), primary_key=True, index=True),
    sa.Column("interview", sa.String(32), nullable=False, unique=True, index=True),
)

# Banks of people on a server where they have accounts. `visibility` is private, class or everybody; a bank of a class that is
# deleted is private again. `imported` is what was imported, before people edited it. What was removed can be put back under
# its `removed_id`; until then it has an id of its own, so that another bank may have that one.
stored_banks = _table(
    "stored_banks",
    sa.Column("owner", sa.String(64), primary_key=True),
    sa.Column("id", sa.String(80), primary_key=True),
    sa.Column("visibility", sa.String(16), nullable=False),
    sa.Column("classroom", sa.String(32), sa.ForeignKey("classes.id", ondelete="SET NULL"), nullable=True),
    sa.Column("yaml", sa.Text, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("imported", sa.Text, nullable=False),
    sa.Column("changed_at", sa.String(32), nullable=False),
    sa.Column("removed_at", sa.String(32), nullable=True),
    sa.Column("removed_id", sa.String(80), nullable=True),
)
# Of two banks of one class, or of everybody, with the same id nobody could tell which is meant.
for _audience, _columns in (("class", [stored_banks.c.classroom]), ("everybody", [])):
    _is_there = (stored_banks.c.visibility == _audience) & stored_banks.c.removed_at.is_(None)
    sa.Index(
        f"ix_stored_banks_{_audience}",
        *_columns,
        stored_banks.c.id,
        unique=True,
        sqlite_where=_is_there,
        postgresql_where=_is_there,
    )

# What a coach, the owner, who was called `by` at the time, wrote to the candidate about an interview.
coach_notes = _table(
    "coach_notes",
    sa.Column("interview", sa.String(32), primary_key=True),
    sa.Column("owner", sa.String(64), primary_key=True, index=True),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("written_at", sa.String(32), nullable=False),
)

# A list whose criteria a model drafts for its owner, whose window waits for it: `model` is which one on which host. A process
# works on it until it has a result or a failure (JSON), as long as it renews `until`; what was drafted before is kept with it.
compilations = _table(
    "compilations",
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False, index=True),
    sa.Column("browser_window", sa.String(80), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("list", sa.LargeBinary, nullable=False),
    sa.Column("most_references", sa.Integer, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("created_at", sa.String(32), nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("holder", sa.String(255), nullable=False),
    sa.Column("until", sa.Float, nullable=False),
    sa.Column("result", sa.Text, nullable=True),
    sa.Column("failure", sa.Text, nullable=True),
)
compilation_replies = _table(
    "compilation_replies",
    sa.Column("compilation", sa.String(32), sa.ForeignKey("compilations.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("request", sa.String(32), primary_key=True),
    sa.Column("reply", sa.Text, nullable=False),
)

# Answers of many candidates that workers grade, with a copy of the bank. `grader` is who was to grade them, to the letter,
# and `model` what people call it. An answer is a row of the file that was sent; one that is open has neither grade nor
# failure. As many lanes as the model's server takes requests are worked at a time, each by one job, in order.
grading_batches = sa.Table(
    "grading_batches",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("bank_id", sa.String(80), nullable=False),
    sa.Column("bank", sa.Text, nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("grader", sa.Text, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("created_at", sa.String(32), nullable=False),
)
batch_answers = sa.Table(
    "batch_answers",
    metadata,
    sa.Column("batch", sa.String(32), sa.ForeignKey("grading_batches.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("lane", sa.Integer, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("grade", sa.Text, nullable=True),
    sa.Column("failure", sa.Text, nullable=True),
    sa.Column("tokens", sa.Integer, nullable=True),
    sa.Column("changed_at", sa.String(32), nullable=False),
)
IS_UNGRADED = batch_answers.c.grade.is_(None) & batch_answers.c.failure.is_(None)
sa.Index(
    "ix_batch_answers_open",
    batch_answers.c.batch,
    batch_answers.c.lane,
    batch_answers.c.number,
    sqlite_where=IS_UNGRADED,
    postgresql_where=IS_UNGRADED,
)


def owned_tables() -> list[sa.Table]:
    """Every table whose rows belong to an owner, those that others refer to last."""
    return [table for table in reversed(metadata.sorted_tables) if "owner" in table.c]
