"""The assistant: the Textual app, the line mode and the history."""
