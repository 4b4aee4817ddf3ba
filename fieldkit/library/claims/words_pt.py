"""Words that turn, soften or restrict a statement; data, no code."""

TEXT = """
"""
