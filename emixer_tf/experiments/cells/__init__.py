"""The computations that experiments are made of: data, generators, studies, classifiers."""
