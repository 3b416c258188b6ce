"""The networks of EMIXER and the model that puts them together."""
