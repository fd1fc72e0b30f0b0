"""What a check says, in two languages, as text and HTML."""
