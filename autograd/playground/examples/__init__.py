"""The programs that the page Play offers, in this order, each as it stands in the editor."""
