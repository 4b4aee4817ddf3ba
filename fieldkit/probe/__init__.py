"""Whether this machine carries a model: predicted from its shape, measured from its file."""
