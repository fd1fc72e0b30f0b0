"""Exercise 22: attention.

    query = [Value(1.0), Value(0.0)]
    keys = [[Value(2.0), Value(1.0)], [Value(0.0), Value(5.0)]]          # a row for each place
    values = [[Value(10.0)], [Value(20.0)]]                              # a row for each place, of any length
    attend(query, keys, values)      # [Value(11.95…)]: weights 0.8044… and 0.1955…

attend gives each place a score: the sum of the products of query and key, divided by √d, where d is the length of the
query. softmax makes weights of the scores. The result is a list of Values: the sum of weight times row over the places.

causal_attention(queries, keys, values) receives one query, one key and one row of values for each place, and gives a
list of such results. A place sees itself and the places before it, and none after.

Everything is made of Values, so that gradients find the way back to queries, keys and values.
"""

from e18_local_derivatives import Value
from e19_cross_entropy import softmax


def attend(query, keys, values):
    """The mixture of the rows of values, for one query."""
    raise NotImplementedError


def causal_attention(queries, keys, values):
    """The mixtures for all places, each of what has been so far."""
    raise NotImplementedError
