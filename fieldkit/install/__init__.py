"""Installed releases: locate, install, verify, status and uninstall."""
