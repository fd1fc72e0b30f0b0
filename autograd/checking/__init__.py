"""What gradcheck compares with: complex steps, differences, a judge, a diagnosis."""
