"""The files of which a preset consists."""

WEIGHTS, CARD = "model.weights.h5", "README.md"
NEEDED_FILES = ("config.json", "vocabulary.json", WEIGHTS, "metadata.json")
PRESET_FILES = (*NEEDED_FILES, CARD)
