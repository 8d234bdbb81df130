"""Who holds which post, where that puts them, and who stands above them on a day."""
