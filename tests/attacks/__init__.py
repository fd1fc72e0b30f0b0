"""Attacks: functions that do harm, and say how often they tried and what gave way. The tests call them."""
