"""The parts of gradcheck: complex steps, differences, the judge and the diagnosis."""
