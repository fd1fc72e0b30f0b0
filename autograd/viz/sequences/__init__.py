"""Pictures of sequences: attention over the letters of a text, and the probabilities of the letter that comes next."""
