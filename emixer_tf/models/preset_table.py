"""The trained presets that come with the package, at a glance."""

from emixer_tf.config import EmixerConfig
from emixer_tf.models.presets import read_metadata
from emixer_tf.models.shipped_presets import shipped_presets


def presets():
    """List the presets that `from_preset` takes by name.

    Returns:
        `pandas.DataFrame`, one row a preset: method, resolution in pixels, number of labels,
        whether it writes reports, training data, steps, parameters, licence, and what `emixer
        evaluate` measured, as the preset's card tells it.

    Example:

    >>> presets()[["method", "resolution", "labels", "reports"]].loc["emixer_phantom_64"].to_dict()
    {'method': 'EMIXER', 'resolution': 64, 'labels': 14, 'reports': True}

    Reference:
        docs/benchmarks.md, "The shipped preset of the phantom" and "The shipped preset of
        Kermany's films".
    """
    import pandas as pd

    rows = {name: _row(folder) for name, folder in shipped_presets().items()}
    return pd.DataFrame.from_dict(rows, orient="index")


def _row(folder):
    metadata = read_metadata(folder)
    config = EmixerConfig.from_json((folder / "config.json").read_text(encoding="utf-8"))
    evaluation = metadata.get("evaluation") or {"rows": []}
    return {
        "method": metadata["method"],
        "resolution": config.resolution,
        "labels": len(config.labels),
        "reports": config.writes_reports,
        "data": (metadata["data"] or {}).get("name"),
        "steps": metadata["steps"],
        "parameters": metadata["parameter_count"],
        "licence": metadata.get("licence", "Apache-2.0"),
        **{measure: value for measure, value, _ in evaluation["rows"]},
    }
