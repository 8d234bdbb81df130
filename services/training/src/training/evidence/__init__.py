"""Evidence: the files of a record, what they are by their content, and who may open them."""
