"""What a sentence asserts of each label that it mentions."""

from emixer_tf.data.report_labeller import phrases, scopes
from emixer_tf.data.report_labeller.phrase_trie import find_phrases, phrase_trie
from emixer_tf.data.report_labeller.sentences import sentence_words

POSITIVE, NEGATIVE, UNCERTAIN = 1.0, 0.0, -1.0

_FINDING, _STRUCTURE, _STATE = "finding", "structure", "state"
_NORMAL_REACH, _ABNORMAL_REACH = 6, 3  # words from a state to a structure that follows it


def _entries():
    findings = {(name,): patterns for name, patterns in phrases.FINDINGS.items()}
    for names, patterns in (findings | phrases.SHARED_FINDINGS).items():
        yield from ((pattern, (_FINDING, names)) for pattern in patterns)
    for names, patterns in phrases.STRUCTURES.items():
        yield from ((pattern, (_STRUCTURE, names)) for pattern in patterns)
    for value, names, patterns in phrases.STATES:
        yield from ((pattern, (_STATE, (value, names))) for pattern in patterns)
    for cue, patterns in scopes.CUES.items():
        yield from ((pattern, (cue, None)) for pattern in patterns)
    yield from ((pattern, (scopes.IGNORED, None)) for pattern in phrases.IGNORED)


_TRIE = phrase_trie(_entries())


def sentence_values(sentence):
    """Read the labels that a sentence mentions.

    Args:
        sentence: In lower case.

    Returns:
        Tuple of pairs of a label and its value: 1.0, 0.0 or -1.0.

    Example:

    >>> sentence_values("the heart is enlarged without effusion")
    (('Cardiomegaly', 1.0), ('Pleural Effusion', 0.0))
    """
    reading = _Reading()
    for start, end, (kind, what) in find_phrases(_TRIE, [*sentence_words(sentence), "."]):
        _STEPS[kind](reading, what, start, end)
    return tuple((name, value) for name, value in reading.values)


class _Reading:
    """One pass over the phrases of a sentence; a method for every kind of phrase."""

    def __init__(self):
        self.values = []  # [label, value], as they are mentioned
        self.group = 0  # from here on they are one list, of which a later cue speaks
        self.grouped = False  # whether the next finding belongs to that list
        self.negated = self.doubted = self.unsaid = False
        self.of_study = False  # whether a study was named last, and no finding
        self.structures = []  # labels whose structure was named and whose state was not
        self.state = None  # (value, labels, end) of a state that may precede its structure

    def finding(self, names, start, end):
        if not self.grouped:
            self.group = len(self.values)
            self.grouped = True
        if not self.unsaid:
            value = NEGATIVE if self.negated else UNCERTAIN if self.doubted else POSITIVE
            self.values.extend([name, value] for name in names)
        self.state = None
        self.of_study = False

    def structure(self, names, start, end):
        value, applies, seen = self.state or (None, (), 0)
        if start - seen > (_ABNORMAL_REACH if value else _NORMAL_REACH):
            applies = ()
        self._assert_state([name for name in names if name in applies], value)
        waiting = [name for name in names if name not in applies]
        self.structures += [name for name in waiting if name not in self.structures]

    def state_of_structure(self, what, start, end):
        value, applies = what
        met = [name for name in self.structures if name in applies]
        self._assert_state(met, value)
        self.structures = [name for name in self.structures if name not in applies]
        self.state = None if met else (value, applies, end)

    def _assert_state(self, names, value):
        if self.negated and value == NEGATIVE:
            return  # "not normal" does not say what is wrong
        if value != NEGATIVE:
            value = NEGATIVE if self.negated else UNCERTAIN if self.doubted else value
        self.values.extend([name, value] for name in names)

    def negated_next(self, what, start, end):
        self.negated = True
        self.grouped = False

    def doubted_next(self, what, start, end):
        self.doubted = True
        self.grouped = False

    def unsaid_next(self, what, start, end):
        self.unsaid = True

    def negated_last(self, what, start, end):
        self._change_last((POSITIVE, UNCERTAIN), NEGATIVE)

    def doubted_last(self, what, start, end):
        self._change_last((POSITIVE,), UNCERTAIN)

    def unsaid_last(self, what, start, end):
        del self.values[self.group :]
        self.grouped = False

    def considered(self, what, start, end):
        if not self.of_study:
            self.doubted_last(what, start, end)

    def doubted_both(self, what, start, end):
        self.doubted_last(what, start, end)
        self.doubted_next(what, start, end)

    def resolved(self, what, start, end):
        if self.grouped:
            self.negated_last(what, start, end)
        else:
            self.negated_next(what, start, end)

    def _change_last(self, of, value):
        for pair in self.values[self.group :]:
            if pair[1] in of:
                pair[1] = value
        self.group = len(self.values)
        self.grouped = False

    def scope_end(self, what, start, end):
        self.verb(what, start, end)
        self.group = len(self.values)

    def negation_end(self, what, start, end):
        self.negated = False
        self.grouped = False
        self.join(what, start, end)

    def verb(self, what, start, end):
        self.negated = self.doubted = self.unsaid = False
        self.grouped = False
        self.state = None

    def with_other(self, what, start, end):
        self.negated = False
        self.grouped = False
        self.structures = []

    def link(self, what, start, end):
        self.grouped = False

    def join(self, what, start, end):
        if self.state and self.state[0] != NEGATIVE:
            self.state = None  # "enlarged arteries, heart normal" is no enlarged heart

    def study(self, what, start, end):
        self.of_study = True

    def ignored(self, what, start, end):
        pass


_STEPS = {
    _FINDING: _Reading.finding,
    _STRUCTURE: _Reading.structure,
    _STATE: _Reading.state_of_structure,
    scopes.NEGATED_NEXT: _Reading.negated_next,
    scopes.DOUBTED_NEXT: _Reading.doubted_next,
    scopes.UNSAID_NEXT: _Reading.unsaid_next,
    scopes.NEGATED_LAST: _Reading.negated_last,
    scopes.DOUBTED_LAST: _Reading.doubted_last,
    scopes.UNSAID_LAST: _Reading.unsaid_last,
    scopes.CONSIDERED: _Reading.considered,
    scopes.DOUBTED_BOTH: _Reading.doubted_both,
    scopes.RESOLVED: _Reading.resolved,
    scopes.SCOPE_END: _Reading.scope_end,
    scopes.NEGATION_END: _Reading.negation_end,
    scopes.VERB: _Reading.verb,
    scopes.WITH: _Reading.with_other,
    scopes.LINK: _Reading.link,
    scopes.JOIN: _Reading.join,
    scopes.STUDY: _Reading.study,
    scopes.IGNORED: _Reading.ignored,
}
