"""What IT runs to turn a profile into a release; never part of one."""
