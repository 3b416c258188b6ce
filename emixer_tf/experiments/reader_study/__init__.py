"""The reader study of the paper's Fig. 2: blinded sheets for raters, and what their ratings say."""
