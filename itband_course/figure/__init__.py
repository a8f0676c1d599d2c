"""The course's still pictures: charts of a client's facts and a drawn leg, as SVG files."""
