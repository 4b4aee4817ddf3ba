"""External programs, one wrapper each."""
