"""Planted answers, true and wrong, written by hand; ``items.py`` reads them."""
