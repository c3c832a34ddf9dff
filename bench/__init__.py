"""Reproducible measurements beside their baselines; README.md explains each."""
