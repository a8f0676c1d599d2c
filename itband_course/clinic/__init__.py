"""The clinic: tests, places, techniques and findings as data, and the rules of safety; no question, no card."""
