"""How good generated studies are, and models trained on them: exact definitions, no models."""

import importlib

_HOMES = {
    "agreement": ("film_report_agreement", "said_as_asked", "shown_as_asked"),
    "bleu_score": ("bleu", "bleu_items"),
    "bootstrap": ("auroc_interval", "macro_auroc_interval", "mean_interval"),
    "calibration": ("brier_score", "expected_calibration_error", "reliability_table"),
    "captioning": ("report_scores",),
    "cider_score": ("cider", "cider_d"),
    "classification": ("best_thresholds", "classification_scores"),
    "deidentification": ("mark_rate",),
    "extractor_files": ("load_extractor",),
    "feature_extractor": ("FeatureExtractor",),
    "feature_file": ("check_same_extractor", "read_features", "write_features"),
    "feature_statistics": ("FeatureStatistics",),
    "film_scores": ("film_quality",),
    "frechet": ("frechet_distance", "frechet_distance_of"),
    "kernel_discrepancy": ("kernel_distance",),
    "legacy_references": ("legacy_r2gen_references",),
    "manifold_overlap": ("precision_recall",),
    "membership": ("membership_inference",),
    "memorization": ("StudySet", "nearest_training_neighbours"),
    "multiclass": ("multiclass_scores",),
    "overlap": ("meteor", "rouge_l"),
    "paired_test": ("paired_difference",),
    "ranking": ("auroc",),
    "ratings": ("cohen_kappa", "intraclass_correlation"),
    "report_labels": ("by_phantom_grammar", "by_rules", "labels_said"),
    "report_profiles": ("report_profile",),
    "retrieval_score": ("centred", "retrieval"),
}
_MODULES = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted(_MODULES)


def __getattr__(name):
    # SciPy and the rest load when a metric is asked for.
    if name in _MODULES:
        return getattr(importlib.import_module(f"emixer_tf.metrics.{_MODULES[name]}"), name)
    raise AttributeError(f"module 'emixer_tf.metrics' has no attribute {name!r}")
