"""One module a format: a manual's file -> a document with pages of sanitized text.

They run where a release is built. Their libraries are imported when a file needs them, so that
what ships can carry this code without them.
"""
