"""What follows when points were taken back: the records behind them are settled anew."""
