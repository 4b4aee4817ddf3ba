"""One module a format: a manual's file -> a document with pages of sanitized text.

Their libraries are imported when a file needs them, in a process that does nothing else: they would
double the time until a chat is there.
"""
