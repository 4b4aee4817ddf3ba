"""Facts of this machine, one module each; what cannot be found out is None."""
