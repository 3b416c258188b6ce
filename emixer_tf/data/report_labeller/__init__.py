"""The 14 CheXpert labels of a report, read from its text by rules."""

from emixer_tf.data.report_labeller.labeller import label_report, label_reports

__all__ = ["label_report", "label_reports"]
