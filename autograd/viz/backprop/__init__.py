"""One backward pass, observed and played."""
