"""Attacks: functions that do harm, say how often they tried and what gave way. The tests call them, with small counts."""
