# exercise: 3
# right

b, a, d = -3, 2, -4
g_e = 5.0
g_d = g_e * b
g_c = g_d
ANSWERS = dict(out=1.0, e=g_e, d=g_d, c=g_c, a=g_d + g_c * b, b=g_e * d + g_c * a)
