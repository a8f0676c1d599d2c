"""Decisions on a client to try out: what findings ask for, and whose words at an intake cannot wait."""
