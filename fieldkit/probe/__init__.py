"""Whether this laptop can carry an assistant: machine facts, prediction, measurement, verdict."""
