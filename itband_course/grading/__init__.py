"""The instructor's room: the bank, projection, grading inside nbgrader, feedback. The only reader of `bank/`."""
