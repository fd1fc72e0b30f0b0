"""For those who write exercises: gates, predictions, mutations."""
