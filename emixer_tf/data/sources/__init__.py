"""Where studies come from, one module a data set."""
