"""fieldkit packages an offline field assistant: model, manuals, terminal chat, installer.

Importing this package imports nothing else; the commands live in ``fieldkit.cli``.
"""

__version__ = "0.1.0"
