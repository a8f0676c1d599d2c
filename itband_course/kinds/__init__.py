"""Question kinds: one file each, all in the registry `itband_course.questions.KINDS`."""
