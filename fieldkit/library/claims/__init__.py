"""The check of an answer against the passages it was made from, claim by claim, without a model."""
