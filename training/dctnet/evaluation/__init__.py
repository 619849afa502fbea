"""How good a style's networks are: style, content, identity, geometry, colour, robustness; never one of them alone."""
