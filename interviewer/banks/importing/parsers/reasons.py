"""The reasons that can stand at a block of an imported file."""

from enum import StrEnum


class Reason(StrEnum):
    """The key of the phrase that gives the reason."""

    TITLE = "import.why_title"
    SAME_LINE = "import.why_same_line"
    BARE_HEADING = "import.why_bare_heading"
    ASKED_BEFORE = "import.why_asked_before"
    REPEATED = "import.why_repeated"
    LISTED = "import.why_listed"
    NO_QUESTION = "import.why_no_question"
    BOILERPLATE = "import.why_boilerplate"
    LINK_ONLY = "import.why_link_only"
    IMAGE_ONLY = "import.why_image_only"
    IMAGE = "import.why_image"
    ANCHOR = "import.why_anchor"
    CONTENTS = "import.why_contents"
    BACK = "import.why_back"
    RULE = "import.why_rule"
    LINK_TARGET = "import.why_link_target"
    COMMENT = "import.why_comment"
    SCRIPT = "import.why_script"
    FRONT_MATTER = "import.why_front_matter"
    FOOTNOTE = "import.why_footnote"
    HEADER = "import.why_header"
    MORE_COLUMNS = "import.why_more_columns"
    SETTINGS = "import.why_settings"
    BRACKETS = "import.why_brackets"
    NO_TEXT = "import.why_no_text"
    EMPTY_HEADING = "import.why_empty_heading"
