"""The network that tells people from what is behind them, and what follows its edges into the hair."""
