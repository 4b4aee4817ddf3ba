"""Manuals and questions about them, written by hand; ``sets.py`` knows them all."""
