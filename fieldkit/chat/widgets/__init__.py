"""The widgets of the assistant; each shows what it is told and decides nothing."""
