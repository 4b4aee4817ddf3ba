"""Manuals: documents, passages, index and search."""
