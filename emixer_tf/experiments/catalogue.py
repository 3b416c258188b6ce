"""The experiments by name."""

import importlib

EXPERIMENTS = {
    "augmentation": "Table 1: real studies and a growing number of generated ones",
    "joint_embedding": "Table 2: labels from film and report together",
    "limited_labels": "Table 3: generators that saw 30, 50 or 100 % of the labels",
    "comparison": "all methods side by side: films, reports, and what they are worth for training",
    "covid": "Table 5: normal, bacterial, viral or COVID-19, pre-trained or not",
    "reader_study": "Fig. 2: blinded ratings of both kinds of studies; run again for the analysis",
    "synthetic_only": "Table 9: disease by disease, trained on generated films alone",
    "replacement": "Table 10: a fixed total with a growing synthetic share",
}


def experiment_module(name):
    """Return the module of an experiment, importing no other."""
    return importlib.import_module(f"emixer_tf.experiments.{name}")
