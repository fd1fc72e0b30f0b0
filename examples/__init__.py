"""The programs of five articles on back-propagation, with their claims checked."""
