"""The paper's studies: what generated studies do for other models."""
