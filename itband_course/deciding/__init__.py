"""Decisions on a client to try out: what findings ask for, whose words cannot wait, and where a technique goes."""
