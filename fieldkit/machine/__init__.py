"""Facts of this machine, one module each; what cannot be known is None."""
