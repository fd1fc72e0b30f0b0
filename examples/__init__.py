"""The programs from five articles on back-propagation, with their claims checked."""
