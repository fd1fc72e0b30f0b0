"""x"""
from autograd.rules import *
from autograd.value import Value
from autograd.grad_mode import no_grad
from autograd.table import rule
