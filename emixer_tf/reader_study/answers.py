"""What a reader answers about an item."""

from dataclasses import dataclass

QUESTIONS = ("film", "report", "match")  # each from LOWEST to HIGHEST
LOWEST, HIGHEST = 1, 10
GUESSES = (
    "surely real",
    "probably real",
    "cannot tell",
    "probably synthetic",
    "surely synthetic",
)
MOST_CHARACTERS = 4000


@dataclass(frozen=True)
class Answers:
    """Answers about one item, complete or not.

    Args:
        film: Quality of the film, 1 to 10, or None.
        report: Quality of the report, 1 to 10, or None.
        match: How well the report fits the film, 1 to 10, or None.
        guess: One of `GUESSES`, or None.
        comment: Free text.

    Raises:
        ValueError: If an answer is none of these.
    """

    film: int | None = None
    report: int | None = None
    match: int | None = None
    guess: str | None = None
    comment: str = ""

    def __post_init__(self):
        for question in QUESTIONS:
            rating = getattr(self, question)
            whole = isinstance(rating, int) and not isinstance(rating, bool)
            if rating is not None and not (whole and LOWEST <= rating <= HIGHEST):
                raise ValueError(
                    f"{question} is a whole number from {LOWEST} to {HIGHEST}. Received: {rating!r}"
                )
        if self.guess is not None and self.guess not in GUESSES:
            raise ValueError(f"guess is one of {', '.join(GUESSES)}. Received: {self.guess!r}")
        if not isinstance(self.comment, str) or len(self.comment) > MOST_CHARACTERS:
            raise ValueError(f"comment is a text of at most {MOST_CHARACTERS} characters.")
        if "\0" in self.comment or not _is_whole(self.comment):
            raise ValueError("comment holds half a character, which no file can keep.")

    @property
    def complete(self):
        """Whether every question is answered; a comment need not be."""
        return None not in (self.film, self.report, self.match, self.guess)


def _is_whole(text):
    """Return whether a text can be written; JSON also has halves of characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
