"""Which exemplars and photos are fit to train on, and why the others are not: `dctnet prepare`."""
