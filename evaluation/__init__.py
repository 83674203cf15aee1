"""Evaluation: metrics, data sets and reports."""
